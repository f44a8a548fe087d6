import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { Call } from "../calls.ts";
import { type Event, isAnswer, isFailure, nameOf } from "../events.ts";
import type { Evidence } from "../evidence.ts";
import { forgottenBy } from "../transactions.ts";
import { type Violation, violation } from "../violation.ts";
import { type Found, foundBy } from "./found_by.ts";

const TYPE_OF = {
  viewed: ACTIVITY.bookViewed,
  searched: ACTIVITY.bookSearched,
  shelved: ACTIVITY.bookShelved,
  rated: ACTIVITY.bookRated,
  dismissed: ACTIVITY.bookDismissed,
  cleared: ACTIVITY.bookCleared,
};
const TYPE_OF_BOOK = { add: CATALOG.bookAdded, change: CATALOG.bookChanged, remove: CATALOG.bookRemoved };

type Known = Pick<
  Evidence,
  "calls" | "events" | "foreign" | "deadLetters" | "messages" | "mended" | "transactions"
>;

/**
 * Promises 1 and 2, I1 and I2: a command that was answered with yes, or that is on a topic, has exactly one outcome, which says
 * what was sent; one that was refused has none; and no outcome and no answer comes from nowhere.
 */
export function checkAnswers(evidence: Known): Violation[] {
  const { calls, foreign } = evidence;
  const events = evidence.events.filter(({ envelope }) => !foreign.has(envelope.id));
  const find = foundBy(events);
  const found = new Map(calls.map((call): [Call, Found] => [call, find(call)]));
  const claimed = new Map(
    [...found].flatMap(([call, { outcomes }]) => outcomes.map((event) => [event, call] as const)),
  );
  const ids = new Set(events.map(({ envelope }) => envelope.id));
  return [
    ...checkCounts(found, evidence),
    ...violation(
      "I2",
      "events of no command",
      events.filter((event) => !isAnswer(event.envelope.type) && !isOfPolicy(event) && !claimed.has(event)).map(nameOf),
    ),
    ...violation("I2", "answers to no command", strayAnswers(evidence)),
    ...violation(
      "I1",
      "answers that name an event which is not in the log",
      calls.flatMap(({ id, named = [] }) => named.filter((event) => !ids.has(event)).map((event) => `${id}: ${event}`)),
    ),
    ...violation("I1", "events that say something else than was sent", [...claimed].flatMap(contradiction)),
  ];
}

/** An event of a command that a policy has sent, see `policies.ts`. */
const isOfPolicy = ({ envelope }: Event): boolean => envelope.type === ACTIVITY.bookForgotten;

const labelOf = ({ id, way, did }: Call): string => `${id} (${way} ${did.kind})`;

function checkCounts(found: Map<Call, Found>, evidence: Known): Violation[] {
  const waiting = waitingCommands(evidence);
  const calls = [...found].filter(([{ command }]) => command === undefined || !waiting.has(command));
  // What failed may succeed once its dead letter is replayed.
  const counted = (answers: Event[]) =>
    evidence.mended === true ? answers.filter(({ envelope }) => !isFailure(envelope.type)) : answers;
  const labels = (some: [Call, Found][]) => some.map(([call]) => labelOf(call));
  return [
    ...violation(
      "I1",
      "accepted commands without an event",
      labels(
        calls.filter(([{ state, repeats = false }, { outcomes, answers }]) =>
          state === "ok" && !repeats && outcomes.length + answers.length === 0
        ),
      ),
    ),
    ...violation(
      "I2",
      "events of refused commands",
      labels(calls.filter(([{ state }, { certain }]) => state === "refused" && certain.length > 0)),
    ),
    ...violation(
      "I1",
      "commands with more than one outcome",
      labels([...found].filter(([, { outcomes, answers }]) => outcomes.length + counted(answers).length > 1)),
    ),
  ];
}

/** Commands that wait in a dead letter, or whose dead letter may have gone with its reader: they are answered later, or never. */
export function waitingCommands(
  { deadLetters, messages, transactions }: Pick<Evidence, "deadLetters" | "messages" | "transactions">,
): Set<string> {
  const behind = deadLetters.filter(({ reason }) => reason === "behind").map(({ message }) => message);
  const gone = forgottenBy("activity-commands", transactions);
  const forgotten = messages.filter(({ topic, key }) =>
    topic === TOPICS.activityCommands && key !== null && gone.has(keyName(key))
  );
  return new Set([...behind, ...forgotten].flatMap(({ headers }) => headers.ce_id ?? []));
}

function strayAnswers({ calls, events, foreign }: Known): string[] {
  const known = new Set(calls.flatMap(({ command }) => command ?? []));
  return events.filter(({ envelope }) => isAnswer(envelope.type))
    .map(({ envelope }) => (envelope.data as { command: { id: string; type: string } }).command)
    .filter(({ type }) => type !== ACTIVITY.forgetBook)
    .map(({ id }) => id)
    .filter((id) => !known.has(id) && !foreign.has(id));
}

/** What the event says that the call did not ask for. */
function contradiction([{ envelope: { type, data, time } }, { id, did, answered }]: readonly [Event, Call]): string[] {
  if (answered !== undefined && data.version !== answered) {
    return [`${id}: answered version ${answered}, the event has ${data.version}`];
  }
  const differs = (wanted: unknown[], is: unknown[]) =>
    JSON.stringify(wanted) === JSON.stringify(is)
      ? []
      : [`${id}: sent ${JSON.stringify(wanted)}, found ${JSON.stringify(is)}`];
  switch (did.kind) {
    case "act": {
      const { type: sort, time: at, ...sent } = did.act;
      // A query comes without the spaces around it.
      const wanted = sent.query === undefined ? sent : { ...sent, query: sent.query.trim() };
      const said = Object.fromEntries(Object.keys(wanted).map((field) => [field, data[field]]));
      const times = at === undefined ? [] : [[Date.parse(at), Date.parse(time ?? "")]] as const;
      return differs(
        [TYPE_OF[sort], wanted, ...times.map(([sent]) => sent)],
        [type, said, ...times.map(([, said]) => said)],
      );
    }
    case "erase":
      return differs([ACTIVITY.readerErased, did.reader], [type, data.reader]);
    case "remove":
      return differs([TYPE_OF_BOOK.remove, did.book], [type, data.id]);
    default:
      return differs([TYPE_OF_BOOK[did.kind], did.book, did.title], [type, data.id, data.title]);
  }
}
