import { z } from "zod";
import { DAY, HOUR } from "@/domain/hours.ts";
import { isTooFarAhead } from "@/domain/time_ahead.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { POOL } from "@/application/trend/lists/candidates.ts";
import { windowSchema } from "@/application/trend/messages.ts";
import { decode } from "@/adapters/http/api/cursor.ts";

/** The start of the next page: `window` and `at` are those of the first page, so that no item appears twice. */
type TrendPosition = { window: string; at: number; skip: number };

const PAST_DAYS = 90;
/** How much longer further pages of a list may be read. */
const PAGES_MS = HOUR;

const isShown = (at: number, now: number, moreMs = 0): boolean =>
  at >= now - PAST_DAYS * DAY - moreMs && !isTooFarAhead(at, now);

/** Returns the time of a list. Answers 422 for one outside of the stored past. */
export function momentOf(asked: string, now: number): number {
  const at = Date.parse(asked);
  if (isShown(at, now)) return at;
  const detail = `wanted a moment of the last ${PAST_DAYS} days, found ${asked}`;
  throw new HttpProblem(422, `at: ${detail}`, { code: "invalid", errors: [{ parameter: "at", detail }] });
}

const schema = z.object({ q: z.string(), w: windowSchema, at: z.int(), n: z.int().min(1).max(POOL) });

/** Returns the cursor of a list's next page. `query`: the fingerprint of the list. */
export const toTrendCursor = (query: string, { window, at, skip }: TrendPosition): string =>
  Buffer.from(JSON.stringify({ q: query, w: window, at, n: skip })).toString("base64url");

/** Returns the position of a cursor. Answers 400 for an invalid cursor, or one of another list. */
export function fromTrendCursor(query: string, cursor: string, now: number): TrendPosition {
  const read = schema.refine(({ at }) => isShown(at, now, PAGES_MS)).safeParse(decode(cursor));
  if (!read.success) throw new HttpProblem(400, "the cursor is not one that this service gave", { code: "bad-cursor" });
  if (read.data.q !== query) throw new HttpProblem(400, "the cursor belongs to another list", { code: "bad-cursor" });
  return { window: read.data.w, at: read.data.at, skip: read.data.n };
}
