import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { rangesOf } from "./accepted.ts";
import type { AppContext } from "@/adapters/http/base/app.ts";

const zip = promisify(gzip);
/** A shorter text fits into one packet without compression. */
const LEAST_CHARACTERS = 1_000;

/** Returns whether a client accepts gzip, by its Accept-Encoding (RFC 9110, 12.5.3). */
export function takesGzip(accepted: string | undefined): boolean {
  const weights = new Map(
    rangesOf(accepted ?? "").map(([name = "", ...parameters]) => {
      const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [name, q === undefined ? 1 : Number(q)];
    }),
  );
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}

/**
 * Answers with a text, compressed when the client accepts gzip. It is compressed here, so that an ETag of the body matches what is
 * sent, and HEAD returns the same length.
 */
export async function answerZipped(
  context: AppContext,
  text: string,
  headers: { "content-type": string; "cache-control": string },
): Promise<Response> {
  context.header("vary", "accept-encoding", { append: true });
  const isZipped = text.length >= LEAST_CHARACTERS && takesGzip(context.req.header("accept-encoding"));
  if (!isZipped) return context.body(text, 200, headers);
  return context.body(new Uint8Array(await zip(text)), 200, { ...headers, "content-encoding": "gzip" });
}
