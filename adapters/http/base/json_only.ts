import type { MiddlewareHandler } from "hono";
import { HttpProblem } from "./problem.ts";

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Answers 406 where the client does not accept JSON. */
export const acceptsJson: MiddlewareHandler = async (context, next) => {
  const accept = context.req.header("accept");
  if (accept !== undefined && !takesJson(accept)) throw new HttpProblem(406, "answers are application/json");
  await next();
};

function takesJson(accept: string): boolean {
  const ranges = accept.split(",").map((range) => range.trim().toLowerCase().split(";").map((part) => part.trim()));
  const taken = ranges.filter(([, ...parameters]) => !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)));
  return taken.some(([type]) =>
    type === "" || type === "*/*" || type === "application/*" || /^application\/(problem\+)?json$/.test(type ?? "")
  );
}

/** Requests of operators have no body: the path names the act, and the token keeps forms of other sites out. */
const BODILESS = /^\/v1\/operations\//;

/** Answers 415 for another content type, and 400 for a body that is not JSON in UTF-8. */
export const checkJsonBody: MiddlewareHandler = async (context, next) => {
  const sends = context.req.method === "POST" || context.req.method === "PUT";
  if (sends && !BODILESS.test(context.req.path)) {
    const type = context.req.header("content-type");
    if (type === undefined || !JSON_TYPE.test(type)) {
      throw new HttpProblem(415, `wanted application/json, found ${type?.slice(0, 100) ?? "no content type"}`);
    }
    const body = await context.req.arrayBuffer();
    try {
      JSON.parse(decoder.decode(body));
    } catch (error) {
      throw new HttpProblem(400, `the body is not JSON in UTF-8: ${(error as Error).message.slice(0, 200)}`);
    }
  }
  await next();
};
