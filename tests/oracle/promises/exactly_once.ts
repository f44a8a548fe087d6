import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import { CONSUMER_NAMES, type ConsumerName, handles } from "../consumers.ts";
import type { Evidence } from "../evidence.ts";
import { at } from "../messages.ts";
import { isPassedOver } from "../model/waiting.ts";
import { forgottenBy, takenBy, transactionsOf } from "../transactions.ts";
import { type Violation, violation } from "../violation.ts";

type Known = Pick<Evidence, "messages" | "deadLetters" | "unfollowed" | "live" | "transactions">;

/**
 * Promises 1 and 4, I1: each message of the log has one fate at each of its consumers. It has its effect, or a dead letter, or nobody
 * follows it; only what was forgotten with its reader has none. Where nobody can see into transactions, the stored rows are
 * compared with the events instead.
 */
export const checkExactlyOnce = (evidence: Known): Violation[] =>
  evidence.transactions === undefined ? [] : CONSUMER_NAMES.flatMap((name) => checkConsumer(name, evidence));

function checkConsumer(
  consumer: ConsumerName,
  { messages, deadLetters, unfollowed, live, transactions = [] }: Known,
): Violation[] {
  const counts = new Map<string, number>();
  for (const message of takenBy(consumer, transactionsOf(consumer, transactions, live))) {
    counts.set(at(message), (counts.get(at(message)) ?? 0) + 1);
  }
  const parked = new Set(deadLetters.filter((one) => one.consumer === consumer).map(({ message }) => at(message)));
  const gone = forgottenBy(consumer, transactions);
  const fatesOf = (message: Incoming) =>
    Number(counts.has(at(message))) + Number(parked.has(at(message))) + Number(isPassedOver(message, unfollowed));
  const isGone = ({ key }: Incoming) => key !== null && gone.has(keyName(key));
  const own = messages.filter((message) => handles(consumer, message));
  const label = (message: Incoming) => `${consumer}: ${at(message)} (${message.headers.ce_type})`;
  return [
    ...violation(
      "I1",
      "messages that had their effect more than once",
      [...counts].filter(([, count]) => count > 1).map(([place, count]) => `${consumer}: ${place}, ${count} times`),
    ),
    ...violation(
      "I1",
      "messages with neither effect nor dead letter",
      own.filter((message) => fatesOf(message) === 0 && !isGone(message)).map(label),
    ),
    ...violation("I1", "messages with more than one fate", own.filter((message) => fatesOf(message) > 1).map(label)),
  ];
}
