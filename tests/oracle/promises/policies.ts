import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { Event } from "../events.ts";
import type { Evidence } from "../evidence.ts";
import { type Violation, violation } from "../violation.ts";

/** The id of the event that has led to a command and its outcome. */
const originOf = ({ envelope: { correlationid } }: Event): string => String(correlationid);

/** What came of a command to forget a book: the event that says so, or a refusal. */
function isOutcome({ envelope: { type, data } }: Event): boolean {
  const answered = data.command as { type?: string } | undefined;
  return type === ACTIVITY.bookForgotten ||
    type === ACTIVITY.commandRejected && answered?.type === ACTIVITY.forgetBook;
}

/**
 * Promise 1 across modules, I1: each removal of a book has one outcome in activity, which forgets the book or says why not; and
 * nothing is forgotten without a removal.
 */
export function checkPolicies({ events, foreign }: Pick<Evidence, "events" | "foreign">): Violation[] {
  const own = events.filter(({ envelope }) => !foreign.has(envelope.id));
  const removals = own.filter(({ envelope }) => envelope.type === CATALOG.bookRemoved);
  const outcomes = Map.groupBy(own.filter(isOutcome), originOf);
  const origins = new Set(removals.flatMap(({ envelope }) => [envelope.id, envelope.correlationid ?? ""]));
  const twice = [...outcomes].filter(([, of]) => of.length > 1).map(([origin]) => origin);
  return [
    ...violation("I1", "removals of books that activity has acted upon more than once", twice),
    ...violation(
      "I1",
      "books that were forgotten without a removal",
      [...outcomes.keys()].filter((origin) => !origins.has(origin)),
    ),
    ...violation(
      "I1",
      "removals of books that activity has not acted upon",
      removals.filter(({ envelope }) => !outcomes.has(String(envelope.correlationid ?? envelope.id)))
        .map(({ envelope }) => `${envelope.id}: ${envelope.data.id}`),
    ),
  ];
}
