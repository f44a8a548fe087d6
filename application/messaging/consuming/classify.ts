import { aheadFault, isTooFarAhead } from "@/domain/time_ahead.ts";
import { decode } from "@/application/messaging/wire/codec.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { Clock } from "@/application/ports.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { DeadLetter } from "./ports.ts";
import type { Order, Received, Sink } from "./sink.ts";

/** Why a message is parked, and after how many attempts. */
export type Parking = Pick<DeadLetter, "reason" | "detail" | "attempts">;

/** A message, its ordering, and what to do with it. `key`: the name of its key, when the message is ordered. */
export type Classified =
  & { message: Incoming; order: Order; key?: string }
  & ({ kind: "handle"; received: Received } | { kind: "park"; parking: Parking } | { kind: "skip" });

/** A message is decoded once, where several consumers of a process are given it, or one tries it again. */
const decodings = new WeakMap<Incoming, ReturnType<typeof decode>>();

/** Creates a function that classifies messages for a sink. The function never throws. */
export function createClassifier(
  sink: Pick<Sink<unknown>, "classify" | "order">,
  clock: Clock,
): (message: Incoming) => Classified {
  return (message) => {
    const park = (reason: DeadLetter["reason"], detail: string) => ({
      kind: "park" as const,
      parking: { reason, detail, attempts: 1 },
    });
    let decoded = decodings.get(message);
    if (decoded === undefined) decodings.set(message, decoded = decode(message));
    if (!decoded.ok) return { message, order: "none", ...park("unreadable", decoded.error) };
    const envelope = decoded.value;
    const classification = sink.classify(envelope);
    if (classification.kind === "skip") return { message, order: "none", kind: "skip" };
    const order = sink.order(envelope);
    const ordered = order === "none" || message.key === null
      ? { message, order }
      : { message, order, key: keyName(message.key) };
    if (classification.kind === "park") return { ...ordered, ...park(classification.reason, classification.detail) };
    const now = clock.now();
    const time = envelope.time === undefined ? arrivalOf(message, now) : Date.parse(envelope.time);
    if (isTooFarAhead(time, now)) return { ...ordered, ...park("time-ahead", aheadFault(time)) };
    return { ...ordered, kind: "handle", received: { envelope, message, time, data: classification.data } };
  };
}

/** Returns when a message arrived, or `now` when its producer has set no valid timestamp. */
const arrivalOf = ({ timestamp }: Incoming, now: number): number => timestamp > 0 ? timestamp : now;

/** A message that is parked, and whether it blocks the later ones of its key. */
export type Parked = Parking & Pick<DeadLetter, "message" | "ordered">;
/** The messages that a transaction handles, parks and skips. */
type Division = { received: Received[]; parked: Parked[]; skipped: number };

const BEHIND: Parking = { reason: "behind", detail: "an earlier message of its key is parked", attempts: 0 };

/** Divides messages into handled, parked and skipped ones. A parked message blocks its key for those after it. */
export function divide(messages: Classified[], blockedKeys: ReadonlySet<string>): Division {
  const blocked = new Set(blockedKeys);
  const division: Division = { received: [], parked: [], skipped: 0 };
  for (const one of messages) {
    const { message, order, key } = one;
    if (one.kind === "park") {
      division.parked.push({ ...one.parking, message, ordered: key !== undefined });
      if (key !== undefined) blocked.add(key);
    } else if (one.kind === "skip") division.skipped++;
    else if (order === "by-key" && key !== undefined && blocked.has(key)) {
      division.parked.push({ ...BEHIND, message, ordered: true });
    } else division.received.push(one.received);
  }
  return division;
}
