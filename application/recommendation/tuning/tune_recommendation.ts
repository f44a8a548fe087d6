import type { Interaction } from "@/domain/recommendation/interaction.ts";
import type { Settings } from "@/domain/recommendation/settings.ts";
import { type Change, finerChanges, triedChanges } from "@/domain/recommendation/tried_settings.ts";
import type { Clock } from "@/application/ports.ts";
import { createTimeSlices } from "@/application/shared/concurrency/time_slices.ts";
import { holdOut } from "./hold_out.ts";
import { createJudge } from "./judge_settings.ts";
import type { BookReader, InteractionReader } from "@/application/recommendation/ports.ts";

/** The NDCG@20 of lists computed from the known acts, judged by the held-out ones. `sure`: whether the gain is significant. */
export type TunedRecommendation = {
  settings: Settings;
  before: number;
  after: number;
  sure: boolean;
  tried: number;
  readers: number;
};
export type RecommendationProgress = { step: "reading" | "trying"; done: number; of?: number };
type TuneOptions = {
  clock: Clock;
  maxMs: number;
  onProgress?: (progress: RecommendationProgress) => void;
  /** Aborts the search, which then throws the signal's reason. */
  signal?: AbortSignal;
};

export const LEAST_READERS = 40;
/** About how many rows are read at most: those of the first readers. */
const MAX_ROWS = 1_000_000;
const PAGE_ROWS = 5_000;
const SURE = 3;

/**
 * Chooses settings by the shop's own history: by how well they predict its last fifth, or, without usable times, a random fifth of the
 * acts (see `holdOut`). One part chooses, one setting after the other; the other part judges, so the reported gain is not biased by the
 * search. Returns undefined if too few readers chose anything.
 */
export async function tuneRecommendation(
  { readers, books }: { readers: Pick<InteractionReader, "page">; books: BookReader },
  current: Settings,
  { clock, maxMs, onProgress = () => {}, signal = new AbortController().signal }: TuneOptions,
): Promise<TunedRecommendation | undefined> {
  const until = clock.now() + maxMs;
  const history = holdOut(await readRows(readers, signal, (done) => onProgress({ step: "reading", done })));
  const { choosing, judging, isOrdered } = history;
  if (judging.cases.length < LEAST_READERS) return undefined;
  // Lets other work run in between, because a service may be tuned while it serves.
  const timeSlices = createTimeSlices(clock, signal);
  const giveWay = async () => {
    await timeSlices();
    signal.throwIfAborted();
  };
  const chooses = createJudge(choosing, books, giveWay);
  let best = { settings: current, worth: mean(await chooses(current)) };
  let tried = 1;
  const isOther = (change: Change) =>
    Object.entries(change).some(([name, value]) => best.settings[name as keyof Settings] !== value);
  const rounds = [() => triedChanges(isOrdered).filter(isOther), () => finerChanges(best.settings)];
  const of = rounds.reduce((sum, round) => sum + round().length, 0);
  for (const round of rounds) {
    for (const change of round()) {
      if (clock.now() >= until) break;
      const settings = { ...best.settings, ...change };
      const worth = mean(await chooses(settings));
      if (worth > best.worth) best = { settings, worth };
      onProgress({ step: "trying", done: tried++, of });
    }
  }
  const judges = createJudge(judging, books, giveWay);
  const [before, after] = [await judges(current), await judges(best.settings)];
  const sure = isSure(after.map((its, at) => its - before[at]!));
  return { settings: best.settings, before: mean(before), after: mean(after), sure, tried, readers: before.length };
}

async function readRows(
  readers: Pick<InteractionReader, "page">,
  signal: AbortSignal,
  onRows: (rows: number) => void,
): Promise<Interaction[]> {
  const rows: Interaction[] = [];
  for (let after = "";;) {
    signal.throwIfAborted();
    const page = rows.length >= MAX_ROWS ? [] : await readers.page(after, PAGE_ROWS);
    if (page.length === 0) return rows;
    for (const row of page) rows.push(row);
    onRows(rows.length);
    after = page.at(-1)!.reader;
  }
}

const mean = (values: number[]): number => values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);

/** Whether the mean exceeds 0 by three standard errors. A lower bar takes over luck: a growing shop is tuned often, by few readers. */
function isSure(gains: number[]): boolean {
  const middle = mean(gains);
  const variance = mean(gains.map((gain) => (gain - middle) ** 2));
  return middle > 0 && middle >= SURE * Math.sqrt(variance / gains.length);
}
