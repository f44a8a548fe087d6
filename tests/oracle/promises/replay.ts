import { ACTIVITY } from "@/application/activity/messages.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { firsts } from "../messages.ts";
import { type Violation, violation } from "../violation.ts";

/** A run before or after messages came again: a dump of what is stored, and all that transactions have said by then. */
export type Moment = { dump: string; said: Outgoing[] };

/**
 * Promise 1, I9: what comes once more changes nothing and says nothing. `waiting`: commands that were forgotten with their
 * reader before anybody answered them; who sends one once more is told that the reader is gone.
 */
export function checkReplay(before: Moment, after: Moment, waiting: Set<string>): Violation[] {
  const known = new Set(before.said.map(({ headers }) => headers.ce_id));
  const answered = new Set(before.said.map(({ headers }) => headers.ce_causationid ?? ""));
  const fresh = firsts(after.said, ({ headers }) => headers.ce_id ?? "").filter(({ headers }) => {
    const { ce_id, ce_type, ce_causationid = "" } = headers;
    const refused = ce_type === ACTIVITY.commandRejected && waiting.has(ce_causationid) &&
      !answered.has(ce_causationid);
    return !known.has(ce_id) && !refused;
  });
  return [
    ...violation(
      "I9",
      "a replay changed what is stored",
      after.dump === before.dump ? [] : [`before ${before.dump}, after ${after.dump}`],
    ),
    ...violation(
      "I9",
      "a replay said something new",
      fresh.map(({ headers }) => `${headers.ce_type} ${headers.ce_id}`),
    ),
  ];
}
