import { aheadFault, isTooFarAhead } from "@/domain/time_ahead.ts";
import { decode } from "@/application/messaging/wire/codec.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { Clock } from "@/application/ports.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { DeadLetter } from "./ports.ts";
import type { Order, Received, Sink } from "./sink.ts";

/** Why a message is set aside. */
export type LetterStart = Pick<DeadLetter, "message" | "reason" | "detail" | "attempts">;

/** A message as a consumer understands it: to be handled (`received`), to be set aside (`letter`), or neither: passed over. */
export type Read = {
  order: Order;
  /** The key's name, where the message has an order. */
  key?: string;
  received?: Received;
  letter?: LetterStart;
};

/** Understands messages for a sink. Never throws. */
export function createReader(sink: Sink, clock: Clock): (message: Incoming) => Read {
  return (message) => {
    const aside = (reason: DeadLetter["reason"], detail: string): LetterStart => ({
      message,
      reason,
      detail,
      attempts: 1,
    });
    const decoded = decode(message);
    if (!decoded.ok) return { order: "none", letter: aside("unreadable", decoded.error) };
    const envelope = decoded.value;
    const time = envelope.time === undefined ? message.timestamp : Date.parse(envelope.time);
    const received = { envelope, message, time };
    const verdict = sink.judge(received);
    if (verdict === "skip") return { order: "none" };
    const order = sink.order(envelope);
    const placed = order === "none" || message.key === null ? { order } : { order, key: keyName(message.key) };
    if (verdict !== "take") return { ...placed, letter: aside(verdict.reason, verdict.detail) };
    if (isTooFarAhead(time, clock.now())) {
      return { ...placed, letter: aside("time-ahead", aheadFault(envelope.time)) };
    }
    return { ...placed, received };
  };
}

/** What a transaction takes and what it sets aside, when these keys are held up. */
export function divide(
  reads: Read[],
  heldUp: ReadonlySet<string>,
): { taken: Received[]; letters: (LetterStart & { ordered: boolean })[]; skipped: number } {
  const held = new Set(heldUp);
  const taken: Received[] = [];
  const letters: (LetterStart & { ordered: boolean })[] = [];
  let skipped = 0;
  for (const { order, key, received, letter } of reads) {
    const waits = order === "by-key" && key !== undefined && held.has(key);
    if (letter !== undefined) {
      letters.push({ ...letter, ordered: key !== undefined });
      if (key !== undefined) held.add(key);
    } else if (received === undefined) skipped++;
    else if (waits) letters.push({ ...behind(received), ordered: true });
    else taken.push(received);
  }
  return { taken, letters, skipped };
}

const behind = ({ message }: Received): LetterStart => ({
  message,
  reason: "behind",
  detail: "an earlier message of its key is set aside",
  attempts: 0,
});
