import { ACTIVITY } from "@/application/activity/messages.ts";
import { type Event, isFailure, nameOf } from "../events.ts";
import type { Evidence } from "../evidence.ts";
import { envelopeOf } from "../messages.ts";
import type { Transaction } from "../transactions.ts";
import { type Violation, violation } from "../violation.ts";

type Known = Pick<Evidence, "events" | "foreign" | "messages" | "transactions"> & {
  state: { web: Pick<Evidence["state"]["web"], "outbox"> };
};

/**
 * Promise 2, I1, I2 and I11: what a transaction puts into the outbox comes to the log as it is, nothing else does, and in the
 * end the outbox is empty. Copies of an event are allowed where a relay sends again, and are alike in every byte.
 */
export function checkOutbox({ events, foreign, messages, transactions, state }: Known): Violation[] {
  const { outbox } = state.web;
  return [
    ...violation("I1", "events whose copies differ: made twice", events.filter(({ same }) => !same).map(nameOf)),
    ...violation("I11", "the outbox is not empty", outbox === 0 ? [] : [`${outbox} rows`]),
    ...transactions === undefined
      ? []
      : checkSaid(transactions, messages, events.filter(({ envelope }) => !foreign.has(envelope.id))),
  ];
}

function checkSaid(transactions: Transaction[], messages: Evidence["messages"], events: Event[]): Violation[] {
  const logged = new Set(messages.flatMap((message) => envelopeOf(message)?.id ?? []));
  const said = new Set<string>();
  const twice: string[] = [];
  const lost: string[] = [];
  for (const message of transactions.flatMap((one) => one.said)) {
    const envelope = envelopeOf(message);
    if (envelope === undefined) throw new Error("a transaction said an event that nobody can read");
    // A command that is sent twice and fails twice says so twice, by one id. An event that stands in the log twice has its
    // policy's command twice, by one id.
    const mayRepeat = isFailure(envelope.type) || envelope.type === ACTIVITY.forgetBook;
    if (said.has(envelope.id) && !mayRepeat) twice.push(`${envelope.type} ${envelope.id}`);
    said.add(envelope.id);
    if (!logged.has(envelope.id)) lost.push(`${envelope.type} ${envelope.id}`);
  }
  const strays = events.filter(({ envelope }) => !said.has(envelope.id));
  return [
    ...violation("I1", "events that were committed twice", twice),
    ...violation("I1", "committed events that are not in the log", lost),
    ...violation("I2", "events in the log that no transaction said", strays.map(nameOf)),
  ];
}
