import { createHash } from "node:crypto";
import { z } from "zod";
import { TITLE_KEY_LENGTH } from "@/domain/catalog/found_by.ts";
import type { BookSort } from "@/domain/catalog/sort_value.ts";
import { isId } from "@/domain/free_text.ts";
import { characters } from "@/application/shared/validation/characters.ts";
import type { After } from "@/application/catalog/ports.ts";
import type { AppContext } from "@/adapters/http/base/app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

/** The type of a cursor's value by the order of its list. Stores cannot compare other types. */
const VALUE: Record<BookSort | "relevance", z.ZodType<After["value"]>> = {
  relevance: z.number(),
  newest: z.int(),
  oldest: z.int(),
  popularity: z.int(),
  // The words of a title in normal form, or its symbols when it has no words.
  title: characters(0, TITLE_KEY_LENGTH).regex(/^([\p{L}\p{N}\p{M} ]*|[^\p{L}\p{N}\p{M}\s\p{C}]*)$/u),
};
const cursorSchema = (order: BookSort | "relevance") =>
  z.object({ q: z.string(), v: VALUE[order], i: z.string().refine(isId) });

/** Returns a short hash of a query. A cursor contains it, so that a cursor of another query is refused. */
export const fingerprint = (query: object): string =>
  createHash("sha256").update(JSON.stringify(query)).digest("base64url").slice(0, 12);

/** Returns the cursor after the last item of a page. It is opaque to clients. */
export const toCursor = (query: string, { value, id }: After): string =>
  Buffer.from(JSON.stringify({ q: query, v: value, i: id })).toString("base64url");

/** Returns the item after which a cursor continues. Answers 400 for an invalid cursor, or one of another query or order. */
export function fromCursor(
  { query, order }: { query: string; order: BookSort | "relevance" },
  cursor: string | undefined,
): After | undefined {
  if (cursor === undefined) return undefined;
  const decoded = decode(cursor);
  const { q } = Object(decoded) as { q?: unknown };
  // A cursor of another order has a value of another type, so its query is compared first.
  if (typeof q === "string" && q !== query) {
    throw new HttpProblem(400, "the cursor belongs to another query", { code: "bad-cursor" });
  }
  const read = cursorSchema(order).safeParse(decoded);
  if (!read.success) throw new HttpProblem(400, "the cursor is not one that this service gave", { code: "bad-cursor" });
  return { value: read.data.v, id: read.data.i };
}

export function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Sets the `Link` header to the next page, if there is one. */
export function linkNext(context: AppContext, cursor: string | null): void {
  if (cursor === null) return;
  const url = new URL(context.req.url);
  url.searchParams.set("cursor", cursor);
  context.header("Link", `<${url.pathname}${url.search}>; rel="next"`);
}
