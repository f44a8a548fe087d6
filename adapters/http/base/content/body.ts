import type { MiddlewareHandler } from "hono";
import { jsonFault, placeOf } from "@/application/shared/text/json_fault.ts";
import type { AppContext, Env } from "@/adapters/http/base/app.ts";
import { admit } from "@/adapters/http/base/limits/admit.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

type BodyLimit = {
  mostBytes: number;
  /** The limit of a body that is a single item instead of a list. */
  mostBytesOfOne?: number;
};

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads a JSON body. Answers 400 when it is not JSON in UTF-8. */
export const takesJson = (limit: BodyLimit): MiddlewareHandler<Env> => (context, next) =>
  withBody(context, limit, async (body) => {
    const text = textOf(body);
    const parsed = jsonOf(text);
    keepBody(context, { text: Promise.resolve(text) });
    // Hono would parse the text again.
    Object.assign(context.req, { json: () => Promise.resolve(parsed) });
    await next();
  });

function textOf(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    throw new HttpProblem(400, "the body is not JSON in UTF-8: it has bytes that are not UTF-8");
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const fault = jsonFault(text);
    if (fault === undefined) throw new HttpProblem(400, "the body is not JSON in UTF-8");
    const { line, column } = placeOf(text, fault.at);
    const where = `line ${line} column ${column}`;
    throw new HttpProblem(400, `the body is not JSON: wanted ${fault.wanted} at ${where}, found ${fault.found}`);
  }
}

/** Reads a form body. Answers 400 when it cannot be parsed. */
export const takesForm = (limit: BodyLimit): MiddlewareHandler<Env> => (context, next) =>
  withBody(context, limit, async (body) => {
    keepBody(context, { arrayBuffer: Promise.resolve(body.buffer) });
    try {
      await context.req.parseBody();
    } catch {
      throw new HttpProblem(400, "the form cannot be read");
    }
    await next();
  });

/** Reads the body and then admits the request. The bytes count towards the capacity until the request is answered. */
async function withBody(
  context: AppContext,
  limit: BodyLimit,
  next: (body: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  const { bodies } = context.get("capacity");
  let held = 0;
  const hold = (bytes: number) => {
    if (!bodies.take(bytes)) {
      throw new HttpProblem(503, "too many bodies are being sent", {
        code: "overloaded",
        headers: { "Retry-After": "2" },
      });
    }
    held += bytes;
  };
  try {
    const body = await readBody(context, limit, hold);
    await admit(context, () => next(body));
  } finally {
    bodies.give(held);
  }
}

/** Stores the body where Hono reads it. Hono needs promises there, unlike its type says. */
const keepBody = ({ req }: AppContext, body: { text: Promise<string> } | { arrayBuffer: Promise<ArrayBuffer> }): void =>
  void Object.assign(req.bodyCache, body);

/** Reads a body up to the limit. Allocates memory for received bytes only, not for the announced length. */
async function readBody(
  context: AppContext,
  { mostBytes, mostBytesOfOne = mostBytes }: BodyLimit,
  hold: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const check = (bytes: number, most: number) => {
    if (bytes > most) throw new HttpProblem(413, `wanted a body of at most ${most} bytes`);
  };
  check(Number(context.req.header("content-length") ?? 0), mostBytes);
  const chunks: Uint8Array[] = [];
  let total = 0;
  let kind: "list" | "one" | undefined;
  for await (const chunk of partsOf(context)) {
    kind ??= kindOf(chunk);
    total += chunk.byteLength;
    check(total, kind === "one" ? mostBytesOfOne : mostBytes);
    hold(chunk.byteLength);
    chunks.push(chunk);
  }
  const body = new Uint8Array(total);
  chunks.reduce((at, chunk) => (body.set(chunk, at), at + chunk.byteLength), 0);
  return body;
}

/** Returns whether a JSON body is a list or one item, by its first byte. Returns undefined while only white space has arrived. */
function kindOf(chunk: Uint8Array): "list" | "one" | undefined {
  const first = chunk.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  if (first === undefined) return undefined;
  return first === 0x5b ? "list" : "one";
}

/** Yields the parts of the body. Answers 400 when the client disconnects, which is no internal error. */
async function* partsOf(context: AppContext): AsyncGenerator<Uint8Array> {
  try {
    yield* context.env?.body?.() ?? context.req.raw.body ?? [];
  } catch {
    throw new HttpProblem(400, "the body ended before it was complete");
  }
}
