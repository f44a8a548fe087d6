import { SELF_TUNING_MS, type Tunable } from "@/application/messaging/projections/self_tuning.ts";
import type { Clock } from "@/application/ports.ts";
import { offeredWindows } from "@/application/trend/lists/offered_windows.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { tuneTrend } from "./tune_trend.ts";

/** How the trend service tunes itself: the window that foretold best becomes the default. An act is a bucket in which a book had any. */
export function trendTuning({ store, clock }: { store: TrendStore; clock: Clock }): Tunable {
  const { settings } = store;
  const view = async () => store.at((await store.live()).version).view;
  return {
    tunedBy: async () => (await settings.last())?.setting.acts ?? 0,
    acts: async (most) => await (await view()).busy("book", 0, most),
    async tune(acts, signal) {
      const last = (await settings.last())?.number;
      const live = await view();
      const { window } = await offeredWindows({ settings, view: live, at: clock.now() });
      const tuned = await tuneTrend(live, window, { clock, maxMs: SELF_TUNING_MS, signal });
      if ((await settings.last())?.number !== last) return "left alone: another default was chosen meanwhile";
      if (tuned === undefined) return `the history is too short, ${window} stays the default`;
      await settings.put({ ...tuned.setting, acts }, clock.now());
      return `the default was ${window} and is ${tuned.setting.window}`;
    },
  };
}
