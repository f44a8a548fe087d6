import { messageOf } from "@/application/faults.ts";
import type { IdGenerator } from "@/application/ports.ts";
import { planRebuild, type RebuildDeps, type RebuildReport, type RunningRebuild, startRebuild } from "./rebuild.ts";
import type { Progress } from "./catch_up.ts";
import type { RebuildPlan } from "./plan.ts";
import type { AnyVersion } from "./versions.ts";

/** How the last rebuild of this process fares; times in milliseconds. */
export type RebuildState =
  & { begun: number; progress: Progress | undefined }
  & (
    | { state: "running" }
    | { state: "switched"; ended: number; report: RebuildReport }
    | { state: "failed"; ended: number; detail: string }
  );

export type Rebuilds = {
  plan(): Promise<RebuildPlan>;
  /** Throws `RebuildRefused` while somebody is at it. */
  start(options: { anew: boolean }): Promise<RebuildState>;
  last(): RebuildState | undefined;
  /** Ends one that is running; another goes on from there. */
  stop(): Promise<void>;
};

/** What rebuilds are made of; each has an owner of its own. */
export type RebuildsDeps<Version extends AnyVersion> = Omit<RebuildDeps<Version>, "owner"> & { ids: IdGenerator };

/** Rebuilds of one projection by this process, one at a time. */
export function createRebuilds<Version extends AnyVersion>({ ids, ...deps }: RebuildsDeps<Version>): Rebuilds {
  const { clock } = deps;
  let last: RebuildState | undefined;
  let running: RunningRebuild | undefined;

  return {
    plan: () => planRebuild(deps),
    async start({ anew }) {
      let progress: Progress | undefined;
      const begun = clock.now();
      const tell = (now: Progress) => {
        progress = now;
        if (last?.state === "running") last = { ...last, progress };
      };
      running = await startRebuild({ ...deps, owner: ids.fresh() }, { anew, tell });
      last = { begun, progress, state: "running" };
      running.done.then(
        (report) => last = { begun, progress, state: "switched", ended: clock.now(), report },
        (error) => last = { begun, progress, state: "failed", ended: clock.now(), detail: messageOf(error) },
      );
      return last;
    },
    last: () => last,
    stop: async () => await running?.stop(),
  };
}
