import { messageOf } from "@/application/faults.ts";
import type { IdGenerator } from "@/application/ports.ts";
import { planRebuild, type RebuildDeps, type RebuildReport, type RunningRebuild, startRebuild } from "./rebuild.ts";
import type { Progress } from "./catch_up.ts";
import type { RebuildPlan } from "./plan.ts";
import type { AnyVersion } from "./versions.ts";

/** The last rebuild of this process. */
export type RebuildState =
  & { begun: number; progress: Progress | undefined }
  & (
    | { state: "running" }
    | { state: "switched"; ended: number; report: RebuildReport }
    | { state: "failed"; ended: number; detail: string }
  );

export type Rebuilds = {
  plan(): Promise<RebuildPlan>;
  /** Throws `RebuildRefused` while another rebuild of the projection runs, in this process or another. */
  start(options: { anew: boolean }): Promise<RebuildState>;
  last(): RebuildState | undefined;
  /** Stops a running rebuild. The next one resumes it. */
  stop(): Promise<void>;
};

/** The dependencies of rebuilds. Each rebuild gets its own owner. */
export type RebuildsDeps<Version extends AnyVersion> = Omit<RebuildDeps<Version>, "owner"> & { ids: IdGenerator };

/** Creates the rebuilds of one projection in this process, one at a time. */
export function createRebuilds<Version extends AnyVersion>({ ids, ...deps }: RebuildsDeps<Version>): Rebuilds {
  const { clock } = deps;
  let last: RebuildState | undefined;
  let running: RunningRebuild | undefined;

  return {
    plan: () => planRebuild(deps),
    async start({ anew }) {
      let progress: Progress | undefined;
      const begun = clock.now();
      const onProgress = (latest: Progress) => {
        progress = latest;
        if (last?.state === "running") last = { ...last, progress };
      };
      running = await startRebuild({ ...deps, owner: ids.fresh() }, { anew, onProgress });
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
