import type { AppContext } from "@/adapters/http/base/app.ts";
import { rangesOf } from "./accepted.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;

/** Answers 406 where the client does not accept JSON. */
export function checkAccept({ req }: AppContext): void {
  const accept = req.header("accept");
  if (accept !== undefined && !takesJson(accept)) throw new HttpProblem(406, "answers are application/json");
}

function takesJson(accept: string): boolean {
  const taken = rangesOf(accept).filter(([, ...parameters]) =>
    !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  );
  return taken.some(([type]) =>
    type === "" || type === "*/*" || type === "application/*" || /^application\/(problem\+)?json$/.test(type ?? "")
  );
}

/** Requests of operators have no body: the path names the act. A file to import is of any type. The token keeps forms of other sites out. */
const UNTYPED = /^\/v1\/(operations\/|imports$)/;

/** Answers 415 for a body of another content type. */
export function checkType({ req }: AppContext): void {
  if ((req.method !== "POST" && req.method !== "PUT") || UNTYPED.test(req.path)) return;
  const type = req.header("content-type");
  if (type === undefined || !JSON_TYPE.test(type)) {
    throw new HttpProblem(415, `wanted application/json, found ${type?.slice(0, 100) ?? "no content type"}`);
  }
}
