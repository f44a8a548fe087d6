import { DEFAULT_SETTINGS, type Settings } from "@/domain/recommendation/settings.ts";
import { projectionRebuild } from "@/application/messaging/projections/projection.ts";
import { SELF_TUNING_MS, type Tunable } from "@/application/messaging/projections/self_tuning.ts";
import type { RebuildsDeps } from "@/application/messaging/rebuild/jobs.ts";
import { startRebuild } from "@/application/messaging/rebuild/rebuild.ts";
import type { RecommendationStore, RecommendationVersion } from "@/application/recommendation/ports.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { tuneRecommendation } from "./tune_recommendation.ts";

type Tools = Parameters<typeof projectionRebuild<RecommendationVersion>>[1] & { store: RecommendationStore };

/** Describes a rebuild whose version starts with these settings. `acts`: the number of acts from which they were chosen. */
export const rebuildWith = (settings: Settings, acts: number, tools: Tools): RebuildsDeps<RecommendationVersion> => ({
  ...projectionRebuild(recommendationProjection, tools),
  prepare: (into) => into.settings.put({ ...settings, acts }, tools.clock.now()),
});

/** Tunes the running service: settings with a significant gain take effect through a rebuild, in one step. */
export function recommendationTuning(tools: Tools): Tunable {
  const { store, clock, ids } = tools;
  const live = async () => store.at((await store.live()).version);
  return {
    tunedBy: async () => (await (await live()).settings.read())?.acts ?? 0,
    acts: async (most) => await (await live()).readers.count(most),
    async tune(acts, signal) {
      const { version } = await store.live();
      const { readers, books, settings } = store.at(version);
      const stored = await settings.read();
      const tuned = await tuneRecommendation({ readers, books }, stored ?? DEFAULT_SETTINGS, {
        clock,
        maxMs: SELF_TUNING_MS,
        signal,
      });
      if ((await store.live()).version !== version) return "left alone: another version became live meanwhile";
      if (tuned?.sure !== true) {
        // Defaults are not stored, so the defaults of a later release apply.
        if (stored !== undefined) await settings.put({ ...stored, acts }, clock.now());
        return tuned === undefined ? "too few readers to judge by" : "kept: no other settings are surely better";
      }
      const rebuild = { ...rebuildWith(tuned.settings, acts, tools), owner: ids.fresh() };
      // Starts anew, because an interrupted attempt may have lists of other settings.
      const running = await startRebuild(rebuild, { anew: true, onProgress: () => {} });
      const stop = () => void running.stop();
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      const { next } = await running.done.finally(() => signal.removeEventListener("abort", stop));
      return `version ${next} has settings that do better: NDCG@20 ${tuned.before.toFixed(4)}, now ${
        tuned.after.toFixed(4)
      }`;
    },
  };
}
