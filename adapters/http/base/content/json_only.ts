import type { AppContext } from "@/adapters/http/base/app.ts";
import { rangesOf } from "./accepted.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;

/** Answers 406 when the client does not accept JSON. */
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

/** Operators' requests have no body, and a file to import has any type. The token protects both against forms of other sites. */
const UNTYPED = /^\/v1\/(operations\/|imports$)/;

/** RFC 8259 has no charset for JSON, but some clients name the one that it has. */
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8\b|us-ascii\b)([^\s";]+)/i;

/** Answers 415 when a body is not JSON in UTF-8, by its type, or is packed. */
export function checkType({ req }: AppContext): void {
  if ((req.method !== "POST" && req.method !== "PUT") || UNTYPED.test(req.path)) return;
  const type = req.header("content-type");
  if (type === undefined || !JSON_TYPE.test(type)) {
    throw new HttpProblem(415, `wanted application/json, found ${type?.slice(0, 100) ?? "no content type"}`);
  }
  const charset = OTHER_CHARSET.exec(type)?.[1];
  if (charset !== undefined) throw new HttpProblem(415, `wanted JSON in UTF-8, found ${charset.slice(0, 100)}`);
  const packed = req.header("content-encoding")?.trim() ?? "";
  if (packed !== "" && packed.toLowerCase() !== "identity") {
    throw new HttpProblem(415, `wanted a body without Content-Encoding, found ${packed.slice(0, 100)}`, {
      headers: { "accept-encoding": "identity" },
    });
  }
}
