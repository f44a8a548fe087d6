import { DEFAULT_SETTINGS, type Settings } from "@/domain/recommendation/settings.ts";
import { throttle } from "@/services/cli/throttle.ts";
import { maxMsOf } from "@/services/cli/tune/options.ts";
import type {
  RecommendationProgress,
  TunedRecommendation,
} from "@/application/recommendation/tuning/tune_recommendation.ts";
import type { TaughtShop } from "./taught_shop.ts";

/**
 * Does what the service does by itself once it has grown tenfold: chooses settings by what was learned and, where they surely do
 * better, puts them in force. Prints what was chosen. `isTaken`: whether there are other settings now.
 */
export async function tuneShop(
  shop: Pick<TaughtShop, "tune" | "takeOver">,
  { minutes }: { minutes: string },
): Promise<{ isTaken: boolean; seconds: number }> {
  const began = performance.now();
  const spent = () => (performance.now() - began) / 1000;
  const onProgress = throttle(sayProgress, { everyMs: 5_000, from: -Infinity });
  const tuned = await shop.tune({ maxMs: maxMsOf({ minutes }), onProgress });
  if (tuned?.sure !== true) {
    console.log(tuned === undefined ? "not tuned: too few readers to judge by" : keptOf(tuned, spent()));
    return { isTaken: false, seconds: spent() };
  }
  console.log(`${chosenOf(tuned)}, chosen in ${spent().toFixed(1)} s`);
  await shop.takeOver(tuned.settings);
  console.log(`tuned and taken over in ${spent().toFixed(1)} s; with these settings:`);
  return { isTaken: true, seconds: spent() };
}

const sayProgress = ({ step, done, of }: RecommendationProgress): void =>
  console.error(step === "reading" ? `${done} rows read` : `${done} of ${of} settings tried`);

const keptOf = ({ tried, before, after }: TunedRecommendation, seconds: number): string =>
  `tuned in ${seconds.toFixed(1)} s: none of ${tried} settings does surely better (N@20 ${
    before.toFixed(4)
  }, the best ${after.toFixed(4)})`;

function chosenOf({ settings, before, after, tried, readers }: TunedRecommendation): string {
  const names = (Object.keys(settings) as (keyof Settings)[]).filter((name) =>
    settings[name] !== DEFAULT_SETTINGS[name]
  );
  const worth = `N@20 of ${readers} readers held out: ${before.toFixed(4)} by default, now ${after.toFixed(4)}`;
  return `of ${tried} settings: ${names.map((name) => `${name} ${settings[name]}`).join(", ")} (${worth})`;
}
