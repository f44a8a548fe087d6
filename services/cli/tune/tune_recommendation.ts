import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { DEFAULT_SETTINGS, type Settings } from "@/domain/recommendation/settings.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { createRebuilds } from "@/application/messaging/rebuild/jobs.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { rebuildWith } from "@/application/recommendation/tuning/self_tuning.ts";
import {
  LEAST_READERS,
  type RecommendationProgress,
  type TunedRecommendation,
  tuneRecommendation,
} from "@/application/recommendation/tuning/tune_recommendation.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { settingsOf } from "@/services/shared/process/command_line.ts";
import { throttle } from "@/services/cli/throttle.ts";
import { runRebuild } from "@/services/cli/rebuild/run_rebuild.ts";
import { maxMsOf, type TuneOptions } from "./options.ts";

/** `tune recommendation`: finds settings that do better on a held-out part of the history, and rebuilds the lists with them. */
export async function tuneRecommendationSettings(options: TuneOptions): Promise<void> {
  const maxMs = maxMsOf(options);
  const settings = settingsOf(options);
  const logger = createLogger("tune", settings.LOG_LEVEL);
  const adapters = openAdapters(settings, logger);
  const store = await adapters.recommendation();
  try {
    const live = store.at((await store.live()).version);
    const current = await live.settings.read() ?? DEFAULT_SETTINGS;
    let read = 0;
    const say = options.json ? () => {} : throttle(sayProgress, { everyMs: 1_000, from: -Infinity });
    const tuned = await tuneRecommendation(live, current, {
      clock,
      maxMs,
      onProgress(progress) {
        if (progress.step === "reading") read = progress.done;
        say(progress);
      },
    });
    if (tuned === undefined) {
      throw new Error(
        `too few readers chose a book lately: wanted ${LEAST_READERS} to judge settings by, found fewer in ${
          countOf(read, "act")
        }; nothing was changed`,
      );
    }
    if (!options.json) console.log(describe(tuned, current));
    const version = options.dryRun || !tuned.sure ? undefined : await takeOver(store, tuned.settings);
    if (options.json) console.log(JSON.stringify({ ...tuned, settings_before: current, version: version ?? null }));
    else console.log(outcome(tuned, version));
  } finally {
    await store.close();
  }

  async function takeOver(store: RecommendationStore, chosen: Settings): Promise<number> {
    const log = await adapters.answeringLog(recommendationProjection.topics);
    try {
      const acts = await store.at((await store.live()).version).readers.count(Number.MAX_SAFE_INTEGER);
      const rebuilds = createRebuilds(rebuildWith(chosen, acts, { store, log, clock, ids, logger }));
      // Starts over, as an interrupted attempt may have lists with other settings.
      const { report } = await runRebuild(rebuilds, { anew: true, quiet: options.json === true });
      return report.next;
    } finally {
      await log.close();
    }
  }
}

const sayProgress = ({ step, done, of }: RecommendationProgress): void =>
  console.error(step === "reading" ? `${countOf(done, "row")} read` : `${done} of ${of} settings tried`);

function describe({ settings, before, after, tried, readers }: TunedRecommendation, current: Settings): string {
  const names = (Object.keys(settings) as (keyof Settings)[]).filter((name) => settings[name] !== current[name]);
  return [
    `NDCG@20 of the lists of ${readers} readers, by what had no part in the choice among ${tried} settings:`,
    `before: ${before.toFixed(4)}`,
    `now:    ${after.toFixed(4)}`,
    ...names.map((name) => `${name}: ${settings[name]}, before ${current[name]}`),
  ].join("\n");
}

function outcome({ sure }: TunedRecommendation, version: number | undefined): string {
  if (version !== undefined) return `readers now see version ${version}, with these settings`;
  return sure ? "nothing was changed (--dry-run)" : "the gain may be chance, so nothing was changed";
}
