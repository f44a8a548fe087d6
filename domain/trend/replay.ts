import { ndcg } from "@/domain/ndcg.ts";

/** The votes for a key in a time bucket. */
export type Act = { key: string; start: number; count: number; weight: number };
/**
 * How well the lists of a half-life predict the votes that follow: the NDCG@20 for the next unit of time and for the horizon.
 * `worth` is the mean over all moments of their sum. In a moment without enough votes in the next unit only the horizon counts.
 */
export type Foresight = { next: number; horizon: number; worth: number };
/** The moments (`ends` of units) at which lists are compared with the votes of the next `horizon` units. */
export type ReplayPlan = { unitMs: number; horizon: number; ends: number[] };

/** A list is judged only by a time with at least this many acts. */
export const ENOUGH_ACTS = 20;
const TOP = 20;

/** The last `most` unit ends that have enough acts within the horizon. */
export function planReplay(acts: Act[], { unitMs, horizon, warmUp, most }: {
  unitMs: number;
  horizon: number;
  /** The number of units before the first moment. */
  warmUp: number;
  most: number;
}): ReplayPlan {
  if (acts.length === 0) return { unitMs, horizon, ends: [] };
  const first = Math.floor(acts[0]!.start / unitMs);
  const last = Math.floor(acts.at(-1)!.start / unitMs);
  const done = new Map<number, number>();
  for (const { start, count } of acts) {
    const unit = Math.floor(start / unitMs);
    done.set(unit, (done.get(unit) ?? 0) + count);
  }
  const ends: number[] = [];
  for (let unit = last + 1 - horizon; unit >= first + warmUp && ends.length < most; unit--) {
    let behind = 0;
    for (let next = unit; next < unit + horizon; next++) behind += done.get(next) ?? 0;
    if (behind >= ENOUGH_ACTS) ends.unshift(unit * unitMs);
  }
  return { unitMs, horizon, ends };
}

/**
 * Replays acts in order of time and compares the list of a half-life at each moment of the plan with the acts that follow.
 * Returns the means over all moments, or undefined when the plan has none.
 */
export function replay(acts: Act[], halfLifeMs: number, { unitMs, horizon, ends }: ReplayPlan): Foresight | undefined {
  if (ends.length === 0) return undefined;
  const keys = [...new Set(acts.map(({ key }) => key))];
  const numbers = new Map(keys.map((key, number) => [key, number]));
  const mass = new Float64Array(keys.length);
  const sum = { next: 0, horizon: 0, judged: 0 };
  let [from, since] = [0, ends[0]!];
  for (const end of ends) {
    const fade = 2 ** ((since - end) / halfLifeMs);
    for (let number = 0; number < mass.length; number++) mass[number]! *= fade;
    since = end;
    for (; from < acts.length && acts[from]!.start < end; from++) {
      const { key, start, weight } = acts[from]!;
      mass[numbers.get(key)!]! += weight * 2 ** ((start - end) / halfLifeMs);
    }
    const list = largest(mass).map((number) => keys[number]!);
    const next = gainsOf(acts, from, end + unitMs);
    if (next.values().reduce((total, count) => total + count, 0) >= ENOUGH_ACTS) {
      sum.next += ndcg(list, next);
      sum.judged++;
    }
    sum.horizon += ndcg(list, gainsOf(acts, from, end + horizon * unitMs));
  }
  return {
    next: sum.next / Math.max(1, sum.judged),
    horizon: sum.horizon / ends.length,
    worth: (sum.next + sum.horizon) / ends.length,
  };
}

/** The number of acts for each key, from the act at index `from` to the time `until`. */
function gainsOf(acts: Act[], from: number, until: number): Map<string, number> {
  const gains = new Map<string, number>();
  for (let at = from; at < acts.length && acts[at]!.start < until; at++) {
    const { key, count } = acts[at]!;
    gains.set(key, (gains.get(key) ?? 0) + count);
  }
  return gains;
}

/** The indexes of the largest values, largest first. */
function largest(values: Float64Array): number[] {
  const found: number[] = [];
  for (let number = 0; number < values.length; number++) {
    const value = values[number]!;
    if (value <= 0 || (found.length === TOP && value <= values[found.at(-1)!]!)) continue;
    const place = found.findIndex((other) => value > values[other]!);
    found.splice(place < 0 ? found.length : place, 0, number);
    if (found.length > TOP) found.pop();
  }
  return found;
}
