import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { CONSUMER_NAMES } from "../consumers.ts";
import type { Evidence, FoundDeadLetter, Unusable } from "../evidence.ts";
import { at, contentOf, hasPosition } from "../messages.ts";
import { expectedDeadLetters } from "../model/waiting.ts";
import { forgottenBy } from "../transactions.ts";
import { type Violation, violation } from "../violation.ts";

type Known = Pick<Evidence, "messages" | "deadLetters" | "unusable" | "unfollowed" | "transactions">;

/**
 * Promises 3 to 5, I7 and I8: what a consumer cannot handle, and each message that has to wait behind it, has one dead letter there,
 * with its reason and its bytes as they were. Nothing else has one, so that an outage parks nothing. Dead letters of a key that
 * was forgotten with its reader may be gone.
 */
export function checkDeadLetters(evidence: Known): Violation[] {
  const wanted = CONSUMER_NAMES.flatMap((name) => expectedDeadLetters(name, evidence));
  const strangers = evidence.deadLetters.filter(({ consumer }) => !CONSUMER_NAMES.some((name) => name === consumer));
  const own = CONSUMER_NAMES.flatMap((name) => {
    const gone = forgottenBy(name, evidence.transactions);
    const lasts = ({ consumer, message: { key } }: Unusable) =>
      consumer === name && (key === null || !gone.has(keyName(key)));
    return { deadLetters: evidence.deadLetters.filter(lasts), wanted: wanted.filter(lasts) };
  });
  return [...own, { deadLetters: strangers, wanted: [] }].flatMap(compare);
}

function compare({ deadLetters, wanted }: { deadLetters: FoundDeadLetter[]; wanted: Unusable[] }): Violation[] {
  // Where the place of a message in the log is not known, its bytes tell which one it is.
  const places = new Set(wanted.flatMap(({ message }) => hasPosition(message) ? [at(message)] : []));
  const nameOf = ({ consumer, message }: Unusable) => {
    const place = hasPosition(message) && places.has(at(message)) ? `${at(message)} ` : "";
    return `${consumer} ${place}${contentOf(message)}`;
  };
  const found = Map.groupBy(deadLetters, nameOf);
  const due = Map.groupBy(wanted, nameOf);
  const missing = wanted.filter((one) => (found.get(nameOf(one))?.length ?? 0) < due.get(nameOf(one))!.length);
  const beside = [...found].filter(([name, own]) => own.length > (due.get(name)?.length ?? 0));
  const others = deadLetters.flatMap((deadLetter) => {
    const reason = due.get(nameOf(deadLetter))?.[0]?.reason;
    return reason === undefined || reason === deadLetter.reason ? [] : [{ deadLetter, reason }];
  });
  const behind = ({ reason }: { reason?: string }) => reason === "behind";
  return [
    ...violation(
      "I7",
      "unusable messages without a dead letter of their bytes",
      missing.filter((one) => !behind(one)).map(short),
    ),
    ...violation("I8", "messages that did not wait behind one of their key", missing.filter(behind).map(short)),
    ...violation(
      "I7",
      "dead letters that nothing unusable was sent for",
      beside.map(([, [one, ...more]]) => `${1 + more.length} × ${short(one!)}: ${one!.reason}, ${one!.detail}`),
    ),
    ...violation(
      "I7",
      "dead letters with another reason than they have",
      others.filter(({ reason }) => reason !== "behind").map(({ deadLetter, reason }) => wrong(deadLetter, reason)),
    ),
    ...violation(
      "I8",
      "dead letters of messages that only waited with another reason",
      others.filter(behind).map(({ deadLetter, reason }) => wrong(deadLetter, reason)),
    ),
  ];
}

const short = ({ consumer, message }: { consumer: string; message: Outgoing }): string =>
  `${consumer} ${hasPosition(message) ? at(message) : ""} ${contentOf(message).slice(0, 300)} (${
    message.value?.length ?? 0
  } bytes)`;
const wrong = (deadLetter: FoundDeadLetter, wanted: string): string =>
  `${short(deadLetter)}: ${deadLetter.reason}, wanted ${wanted}`;
