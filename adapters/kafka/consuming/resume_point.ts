import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { positionOf } from "@/adapters/kafka/offsets/position.ts";
import type { Ends } from "@/adapters/kafka/offsets/watermarks.ts";

/**
 * Where a partition is resumed. `from`: the stored position. `lastTimestamp`: the time of the last message read, where it is known.
 * `fetchOffset`: the offset to fetch from. It is that of the last message read, to check that it is still the same message.
 */
export type ResumePoint = {
  from: string | undefined;
  fetchOffset: string | undefined;
  lastTimestamp: string | undefined;
};

/** Returns where to resume from a stored position. `undefined` means the beginning of the partition. */
export function resumePointAt(from: string | undefined): ResumePoint {
  if (from === undefined) return { from, fetchOffset: undefined, lastTimestamp: undefined };
  const { offset, lastTimestamp, lastOffset } = positionOf(from);
  return { from, fetchOffset: String(lastOffset ?? offset), lastTimestamp };
}

/** Drops the check of the last message read. Returns the next offset to fetch from. */
export function skipTimestampCheck(resumePoint: ResumePoint): string {
  resumePoint.lastTimestamp = undefined;
  return resumePoint.fetchOffset = String(positionOf(resumePoint.from!).offset);
}

/**
 * Returns the messages from the stored position on, or "gap" when messages are lost: retention removed them, or the topic was
 * recreated, so that the last message read has another time. Compaction and transaction markers also leave offsets out.
 * `readEnds` tells them from a gap. It is called only when an offset is missing.
 */
export async function messagesFrom(
  { from, fetchOffset, lastTimestamp }: ResumePoint,
  messages: Incoming[],
  readEnds: () => Promise<Ends>,
): Promise<Incoming[] | "gap"> {
  if (from === undefined) return messages;
  const wanted = positionOf(from).offset;
  const [first] = messages as [Incoming];
  if (lastTimestamp !== undefined && first.position === fetchOffset) {
    return String(first.timestamp) === lastTimestamp ? messages.slice(1) : "gap";
  }
  const found = BigInt(first.position);
  if (found === wanted) return messages;
  if (found < wanted) return "gap";
  return BigInt((await readEnds()).low) > wanted ? "gap" : messages;
}
