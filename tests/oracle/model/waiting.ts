import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { type ConsumerName, handles } from "../consumers.ts";
import { isAnswer } from "../events.ts";
import type { Evidence, Unusable } from "../evidence.ts";
import { at, hasPosition, placeOf, textOf } from "../messages.ts";
import { orderOf } from "./order.ts";

type Known = Pick<Evidence, "messages" | "unusable" | "unfollowed">;

/** Whether no consumer handles it: an event that answers a command, or a type that nobody knows. */
export const isPassedOver = (message: Incoming, unfollowed: Set<string> = new Set()): boolean =>
  isAnswer(message.headers.ce_type ?? "") || unfollowed.has(at(message));

/** What must be a dead letter of a consumer: what it cannot use, and each message that has to keep its order behind one of those. */
export function expectedDeadLetters(consumer: ConsumerName, { messages, unusable, unfollowed }: Known): Unusable[] {
  const own = unusable.filter((one) => one.consumer === consumer);
  const standing = new Set(messages.map(at));
  const isPlaced = ({ message }: Unusable) => hasPosition(message) && standing.has(at(message));
  const placed = new Map(own.filter(isPlaced).map((one) => [at(one.message as Incoming), one]));
  const wanted = own.filter((one) => !isPlaced(one));
  const held = new Set<string>();
  for (const message of messages) {
    if (!handles(consumer, message) || isPassedOver(message, unfollowed)) continue;
    const key = `${placeOf(message)} ${textOf(message.key)}`;
    const order = orderOf(message);
    const one = placed.get(at(message));
    // A reason that is the message's own stands before the one that it waits.
    if (one !== undefined && !(one.reason === "failed" && order === "by-key" && held.has(key))) wanted.push(one);
    else if (order === "by-key" && held.has(key)) wanted.push({ consumer, message, reason: "behind" });
    else continue;
    if (order !== "none") held.add(key);
  }
  return wanted;
}
