import { DAY, HOUR } from "@/domain/hours.ts";
import { halfLifeOf, nameOfHalfLife } from "@/domain/trend/half_life.ts";
import { type Act, type Foresight, planReplay, replay, type ReplayPlan } from "@/domain/trend/replay.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import type { Clock } from "@/application/ports.ts";
import type { ActPosition, TrendReader, TrendSetting } from "@/application/trend/ports.ts";

/** What a tuning came to. `before`: how the default of before does, by the same replay. */
export type Tuning = {
  setting: TrendSetting;
  before: Judged;
  after: Judged;
  tried: Judged[];
  unitMs: number;
  moments: number;
};
export type Judged = Foresight & { window: string };
export type TuneProgress = { step: "reading"; done: number } | { step: "replaying"; done: number; of: number };
type TuneOptions = {
  clock: Clock;
  /** Half-lives that have not been tried before this time are left out. */
  maxMs: number;
  onProgress?: (progress: TuneProgress) => void;
  /** Ends the search: it throws the signal's reason. */
  signal?: AbortSignal;
};

/** Half-lives that are tried, from the likeliest ones outwards, so that little time is well spent. */
const HOURS = [24, 168, 720, 2160, 336, 72, 1440, 48, 120, 240, 504, 1080, 1800, 12, 2880, 4320, 6, 6480, 8760];
/** The units of a shop's future, and the number of them in the longer horizon. */
const UNITS = [{ unitMs: DAY, horizon: 7 }, { unitMs: 7 * DAY, horizon: 4 }, { unitMs: 28 * DAY, horizon: 3 }];
export const MOMENTS = { least: 10, good: 40, most: 120 };
const WARM_UP = 30;
/** The number of the newest buckets that are read. */
const MAX_ACTS = 2_000_000;
const PAGE = 5_000;
/** A window is offered that foretells at least this share of what the best one does. */
const WORTH = 0.5;

/**
 * Replays a shop's own history and finds the half-life that best foretold it at the last moments that have enough behind them.
 * Undefined where too little was done for that.
 */
export async function tuneTrend(
  view: Pick<TrendReader, "acts">,
  current: string,
  { clock, maxMs, onProgress = () => {}, signal }: TuneOptions,
): Promise<Tuning | undefined> {
  const until = clock.now() + maxMs;
  const acts = await readActs(view, (done) => {
    signal?.throwIfAborted();
    onProgress({ step: "reading", done });
  });
  const plan = planOf(acts);
  if (plan === undefined) return undefined;
  const names = [...new Set([current, ...HOURS.map((hours) => nameOfHalfLife(hours * HOUR)), ...WINDOWS])];
  const tried: Judged[] = [];
  for (const [at, window] of names.entries()) {
    if (clock.now() >= until && tried.length > 1) break;
    tried.push({ window, ...replay(acts, halfLifeOf(window)!, plan)! });
    onProgress({ step: "replaying", done: at + 1, of: names.length });
    // Others have their turn: the service may be tuned while it serves.
    await clock.sleep(0);
    signal?.throwIfAborted();
  }
  const after = best(tried);
  return {
    setting: { window: after.window, windows: worthwhile(tried, after) },
    before: tried[0]!,
    after,
    tried: tried.toSorted((a, b) => halfLifeOf(a.window)! - halfLifeOf(b.window)!),
    unitMs: plan.unitMs,
    moments: plan.ends.length,
  };
}

/** Every bucket with acts on books, the newest `MAX_ACTS`, in the order of time. */
async function readActs(view: Pick<TrendReader, "acts">, onRows: (rows: number) => void): Promise<Act[]> {
  const acts: Act[] = [];
  let before: ActPosition | undefined;
  while (acts.length < MAX_ACTS) {
    const page = await view.acts("book", before, PAGE);
    acts.push(...page);
    onRows(acts.length);
    if (page.length < PAGE) break;
    before = page.at(-1);
  }
  return acts.reverse();
}

/** The shortest unit in which enough is done at many moments, else the one with the most moments. */
function planOf(acts: Act[]): ReplayPlan | undefined {
  const plans = UNITS.map((unit) => planReplay(acts, { ...unit, warmUp: WARM_UP, most: MOMENTS.most }));
  const plan = plans.find(({ ends }) => ends.length >= MOMENTS.good) ??
    plans.toSorted((a, b) => b.ends.length - a.ends.length)[0]!;
  return plan.ends.length >= MOMENTS.least ? plan : undefined;
}

/** The best by the mean with its neighbours, as the luck of one is not that of three. */
function best(tried: Judged[]): Judged {
  const inOrder = tried.toSorted((a, b) => halfLifeOf(a.window)! - halfLifeOf(b.window)!);
  const smooth = inOrder.map((_, at) => {
    const near = inOrder.slice(Math.max(0, at - 1), at + 2).map(({ worth }) => worth);
    return near.reduce((sum, one) => sum + one, 0) / near.length;
  });
  return inOrder[smooth.indexOf(Math.max(...smooth))]!;
}

/** The usual windows that are worth being offered; the three nearest to the best where they are fewer. */
function worthwhile(tried: Judged[], { window, worth }: Judged): string[] {
  const usual = tried.filter((one) => WINDOWS.some((name) => name === one.window));
  const worthy = usual.filter((one) => one.worth >= WORTH * worth);
  const distance = (one: Judged) => Math.abs(Math.log(halfLifeOf(one.window)! / halfLifeOf(window)!));
  const nearest = usual.toSorted((a, b) => distance(a) - distance(b)).slice(0, 3);
  return (worthy.length >= 3 ? worthy : nearest).map((one) => one.window);
}
