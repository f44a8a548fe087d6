import { placeOf } from "../history.ts";
import { CONSUMER_NAMES, type ConsumerName } from "../processes.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import { at, type Facts, textOf, type Violation } from "./facts.ts";
import { forgottenBy } from "./letters.ts";
import { isPassedOver, orderOf } from "./order.ts";

/** I1, I5, I6 and I8 at the consumers: each message of the log has its effect, or a letter, once and in order. */
export const checkPositions = (facts: Facts): Violation[] =>
  CONSUMER_NAMES.flatMap((name) => checkConsumer(name, facts));

function checkConsumer(consumer: ConsumerName, facts: Facts): Violation[] {
  const { letters, messagesOf, commitsOf } = facts;
  const found: Violation[] = [];
  const breach = (invariant: string, detail: string) =>
    void found.push({ invariant, detail: `${consumer}: ${detail}` });
  const own = (one: { consumer: string }) => one.consumer === consumer;
  const epochs = new Map<string, number>();
  const next = new Map<string, number>();
  const reached = new Map<string, number>();
  const taken = new Set<string>();

  for (const commit of commitsOf(consumer)) {
    for (const claim of commit.claims.filter(own)) {
      const before = epochs.get(placeOf(claim)) ?? 0;
      if (claim.epoch <= before) breach("I6", `${placeOf(claim)} was claimed as ${claim.epoch} after ${before}`);
      epochs.set(placeOf(claim), claim.epoch);
    }
    for (const move of commit.moves.filter(own)) {
      const place = placeOf(move);
      const owner = epochs.get(place);
      if (move.epoch !== owner) {
        breach("I6", `${commit.by} wrote in epoch ${move.epoch} of ${place}, which is in ${owner}`);
      }
      if (Number(move.next) < (next.get(place) ?? 0)) {
        breach("I5", `${place} went back from ${next.get(place)} to ${move.next}`);
      }
      next.set(place, Number(move.next));
    }
    for (const { message } of commit.taken.filter(own)) {
      if (taken.has(at(message))) breach("I1", `${at(message)} had its effect twice`);
      taken.add(at(message));
      if (orderOf(message) !== "by-key") continue;
      const key = `${placeOf(message)} ${textOf(message.key)}`;
      const before = reached.get(key) ?? -1;
      if (Number(message.position) < before) breach("I8", `${at(message)} had its effect after ${before} of its key`);
      reached.set(key, Number(message.position));
    }
  }

  const gone = forgottenBy(consumer, facts);
  const parked = new Set(letters.get(consumer)!.map(({ message }) => at(message)));
  for (const message of messagesOf(consumer)) {
    const fates = Number(taken.has(at(message))) + Number(parked.has(at(message))) + Number(isPassedOver(message));
    const forgotten = message.key !== null && gone.has(keyName(message.key));
    if (fates === 0 && !forgotten) {
      breach("I1", `${at(message)} (${message.headers.ce_type}) has neither effect nor letter`);
    }
    if (fates > 1) breach("I1", `${at(message)} (${message.headers.ce_type}) has more than one fate`);
  }
  return found;
}
