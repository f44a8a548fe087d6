import type { Step } from "@/application/messaging/retention/purge.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import { keptSince } from "@/domain/trend/vote_weeks.ts";
import type { Votes } from "@/application/trend/ports.ts";

/** Removes old votes, whole weeks only, step by step. The counts of the votes stay. */
export function votePurge(uow: UnitOfWork<{ votes: Votes }>): (before: number, most: number) => Promise<Step> {
  let after: string | undefined;
  return async (before, most) => {
    const step = await uow.run(({ votes }) =>
      votes.purge({ since: keptSince(before), storedBefore: before }, after, most)
    );
    after = step.after;
    return { rows: step.removed, more: !step.done };
  };
}
