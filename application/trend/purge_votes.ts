import type { Step } from "@/application/messaging/retention/purge.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import type { SubjectKey, Votes } from "./ports.ts";

/**
 * Removes old votes key by key. A step goes on after the key of the last one. The counts of the votes stay.
 */
export function votePurge(uow: UnitOfWork<{ votes: Votes }>): (before: number, most: number) => Promise<Step> {
  let after: SubjectKey | undefined;
  return async (before, most) => {
    const step = await uow.run(({ votes }) => votes.purge(before, after, most));
    after = step.after;
    return { rows: step.removed, more: !step.done };
  };
}
