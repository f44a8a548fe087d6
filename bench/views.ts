/** Views as the suite's own messages, for everything that a benchmark sends to a log by itself. */
import { ACTIVITY } from "@/application/activity/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { acts } from "./acts.ts";

/** More would only fill the memory. */
const PART = 50_000;

/** The messages of `count` views, in parts. Their books and readers are the same in every run. */
export function* viewsOf(count: number, timeMs = Date.now()) {
  for (const part of actsInParts(count)) yield part.map((act) => encodeView(act, timeMs));
}

/** The acts behind `viewsOf`. */
export function* actsInParts(count: number) {
  for (let from = 0; from < count; from += PART) yield acts(Math.min(PART, count - from), from);
}

function encodeView({ id, reader, book }: ReturnType<typeof acts>[number], timeMs: number) {
  return encode({
    id,
    source: "/bookstream/activity",
    type: ACTIVITY.bookViewed,
    time: new Date(timeMs).toISOString(),
    subject: reader,
    correlationid: id,
    causationid: id,
    data: { reader, book },
  }, reader);
}

/** Slices of so many at most. */
export function* inBatches<Item>(all: Item[], size: number) {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
