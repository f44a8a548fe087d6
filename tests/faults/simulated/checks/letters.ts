import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import { meetsBug } from "../handler_bugs.ts";
import { placeOf } from "../history.ts";
import { PLANTED } from "../poison.ts";
import { CONSUMER_NAMES, type ConsumerName, CONSUMERS } from "../processes.ts";
import { at, type Facts, textOf, type Violation } from "./facts.ts";
import type { World } from "../world.ts";
import { isPassedOver, orderOf } from "./order.ts";

/** I7 and I8: a letter for each message that cannot be handled and for each that waits behind it, once, with its bytes. */
export const checkLetters = (facts: Facts): Violation[] => CONSUMER_NAMES.flatMap((name) => checkConsumer(name, facts));

function checkConsumer(consumer: ConsumerName, facts: Facts): Violation[] {
  const { world, letters, messagesOf } = facts;
  const found: Violation[] = [];
  const breach = (invariant: string, detail: string) =>
    void found.push({ invariant, detail: `${consumer}: ${detail}` });
  const byPlace = Map.groupBy(letters.get(consumer)!, ({ message }) => at(message));
  const gone = forgottenBy(consumer, facts);
  for (const [message, wanted] of wantedLetters(world, messagesOf(consumer))) {
    if (message.key !== null && gone.has(keyName(message.key))) continue;
    const there = byPlace.get(at(message)) ?? [];
    const invariant = wanted === "behind" ? "I8" : "I7";
    if (wanted !== undefined && there.length === 0) breach(invariant, `${at(message)} has no letter, wanted ${wanted}`);
    if (there.length > 1) breach("I7", `${at(message)} has ${there.length} letters`);
    for (const letter of there) {
      if (!sameBytes(letter.message, message)) breach("I7", `the letter of ${at(message)} has other bytes`);
      if (letter.reason !== wanted) {
        breach(invariant, `${at(message)} has a letter: ${letter.reason}, wanted ${wanted}`);
      }
    }
  }
  return found;
}

/** Keys whose letters went with their reader. */
export const forgottenBy = (consumer: ConsumerName, { world }: Facts): Set<string> =>
  new Set(
    world.history.commits.filter(({ store }) => store === CONSUMERS[consumer].store).flatMap(({ forgotten }) =>
      forgotten
    ),
  );

/** Each message with the reason that its letter must have, or undefined for none. */
function wantedLetters(world: World, messages: Incoming[]): [Incoming, string | undefined][] {
  const held = new Set<string>();
  return messages.map((message) => {
    if (isPassedOver(message)) return [message, undefined];
    const key = `${placeOf(message)} ${textOf(message.key)}`;
    const order = orderOf(message);
    const planted = message.headers[PLANTED];
    const behind = order === "by-key" && held.has(key) ? "behind" : undefined;
    const reason = planted ?? behind ?? (!world.bugs.fixed && meetsBug(message) ? "failed" : undefined);
    if (reason !== undefined && order !== "none") held.add(key);
    return [message, reason];
  });
}

const sameBytes = (a: Incoming, b: Incoming): boolean =>
  textOf(a.value) === textOf(b.value) && textOf(a.key) === textOf(b.key) &&
  JSON.stringify(a.headers) === JSON.stringify(b.headers);
