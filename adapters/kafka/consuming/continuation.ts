import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { positionOf } from "@/adapters/kafka/offsets/position.ts";
import type { Ends } from "@/adapters/kafka/offsets/watermarks.ts";

/**
 * Where reading goes on: the stored position, the offset to start at, and the time of the last message that was read, where
 * it is known. Reading starts with that message, to check that it is still the same one.
 */
export type LeftOff = { from: string | undefined; start: string | undefined; before: string | undefined };

/** Where to start for a stored position; undefined is the beginning. */
export function leftOffAt(from: string | undefined): LeftOff {
  if (from === undefined) return { from, start: undefined, before: undefined };
  const { offset, before, last } = positionOf(from);
  return { from, start: String(last ?? offset), before };
}

/** Gives up the comparison with the last message that was read. Returns the offset to start at. */
export function forgetBefore(leftOff: LeftOff): string {
  leftOff.before = undefined;
  return leftOff.start = String(positionOf(leftOff.from!).offset);
}

/**
 * The messages from the stored position on, or "gap" when some are lost: retention has removed them, or the topic was recreated
 * and the last message read has another time. Compaction and transaction marks leave offsets out without a gap; `readEnds` is
 * called only where one is missing.
 */
export async function continueFrom(
  { from, start, before }: LeftOff,
  messages: Incoming[],
  readEnds: () => Promise<Ends>,
): Promise<Incoming[] | "gap"> {
  if (from === undefined) return messages;
  const wanted = positionOf(from).offset;
  const [first] = messages as [Incoming];
  if (before !== undefined && first.position === start) {
    return String(first.timestamp) === before ? messages.slice(1) : "gap";
  }
  const found = BigInt(first.position);
  if (found === wanted) return messages;
  if (found < wanted) return "gap";
  return BigInt((await readEnds()).low) > wanted ? "gap" : messages;
}
