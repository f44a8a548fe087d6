import { systemClock as clock } from "@/adapters/system/clock.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { DAY } from "@/domain/hours.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { offeredWindows } from "@/application/trend/lists/offered_windows.ts";
import {
  type Judged,
  MOMENTS,
  type TuneProgress,
  tuneTrend,
  type Tuning,
} from "@/application/trend/tuning/tune_trend.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { settingsOf } from "@/services/shared/process/command_line.ts";
import { throttle } from "@/services/cli/throttle.ts";
import { maxMsOf, type TuneOptions } from "./options.ts";

/** `tune trend`: makes the window that best predicted the shop's last weeks the default. */
export async function tuneTrendWindow(options: TuneOptions): Promise<void> {
  const maxMs = maxMsOf(options);
  const settings = settingsOf(options);
  const store = await openAdapters(settings, createLogger("tune", settings.LOG_LEVEL)).trend();
  try {
    const { view } = store.at((await store.live()).version);
    const current = await offeredWindows({ settings: store.settings, view, at: clock.now() });
    let read = 0;
    const say = options.json ? () => {} : throttle(sayProgress, { everyMs: 1_000, from: -Infinity });
    const tuning = await tuneTrend(view, current.window, {
      clock,
      maxMs,
      onProgress(progress) {
        if (progress.step === "reading") read = progress.done;
        say(progress);
      },
    });
    if (tuning === undefined) {
      throw new Error(
        `the history is too short: wanted ${MOMENTS.least} days, weeks or spans of four weeks with enough acts, found ${
          countOf(read, "bucket")
        } of five minutes or more; ${current.window} stays the default`,
      );
    }
    const number = options.dryRun ? undefined : await store.settings.put(tuning.setting, clock.now());
    console.log(options.json ? JSON.stringify(show(tuning, number)) : describe(tuning, number));
  } finally {
    await store.close();
  }
}

const sayProgress = (progress: TuneProgress): void =>
  console.error(
    progress.step === "reading"
      ? `${countOf(progress.done, "bucket")} read`
      : `${progress.done} of ${progress.of} windows replayed`,
  );

const figures = ({ window, next, horizon }: Judged): string =>
  `${window.padStart(6)}  ${next.toFixed(4)}  ${horizon.toFixed(4)}`;

function describe({ tried, before, after, unitMs, moments, setting }: Tuning, number: number | undefined): string {
  const days = unitMs / DAY;
  return [
    `NDCG@20 of the next ${days === 1 ? "day" : `${days} days`}, and of a few days more, at ${
      countOf(moments, "moment")
    }:`,
    "window    next   later",
    ...tried.map(figures),
    `before: ${figures(before).trim()}`,
    `now:    ${figures(after).trim()}`,
    `offered: ${[...new Set([...setting.windows, setting.window])].join(", ")}`,
    number === undefined
      ? "nothing was changed (--dry-run)"
      : `stored as setting ${number}; services use it within a second`,
  ].join("\n");
}

const show = ({ setting, before, after, tried, unitMs, moments }: Tuning, number: number | undefined) => ({
  ...setting,
  before,
  after,
  tried,
  unit_days: unitMs / DAY,
  moments,
  setting: number ?? null,
});
