import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { positionOf } from "./position.ts";
import type { Ends } from "./watermarks.ts";

/**
 * Where a partition was left off: the stored position, the offset at which reading starts, and the time of the message before,
 * where it is known. Reading starts with that message, to see that it is still the one that was read.
 */
export type LeftOff = { from: string | undefined; start: string | undefined; before: string | undefined };

/** Where to start reading for a stored position; undefined is the beginning. */
export function leftOffAt(from: string | undefined): LeftOff {
  if (from === undefined) return { from, start: undefined, before: undefined };
  const { offset, before } = positionOf(from);
  return { from, start: String(before === undefined ? offset : offset - 1n), before };
}

/**
 * The messages from where the reader left off on, or that some are lost: retention has passed, or the topic was made anew, as the
 * message before has another time. Offsets that are only missing (compaction, marks of transactions) are no gap: `readEnds` is
 * asked only where one is missing.
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
