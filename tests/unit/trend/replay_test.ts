import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY, HOUR } from "@/domain/hours.ts";
import { courseOf, trendingSince } from "@/domain/trend/course.ts";
import { halfLifeOf, nameOfHalfLife, nearestWindows } from "@/domain/trend/half_life.ts";
import { RANK } from "@/domain/trend/rank_trends.ts";
import { ndcg } from "@/domain/ndcg.ts";
import { type Act, planReplay, replay } from "@/domain/trend/replay.ts";
import { byWork } from "@/domain/trend/works.ts";
import { T0 } from "@/tests/support/samples.ts";
import { tuneTrend } from "@/application/trend/tuning/tune_trend.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";

const START = Math.floor(T0 / DAY) * DAY;

describe("half-lives", () => {
  it("are named in hours or days, between an hour and two years", () => {
    const names = ["1h", "36h", "7d", "730d"];
    expect(names.map((name) => nameOfHalfLife(halfLifeOf(name)!))).toEqual(names);
    expect(["0h", "731d", "1w", "24", "1.5d", "-1d", "9999d"].map(halfLifeOf)).toEqual(Array(7).fill(undefined));
  });

  it("without stored scores lie between two windows that have them, or beyond the last", () => {
    expect(["24h", "3d", "70d", "365d"].map((name) => nearestWindows(halfLifeOf(name)!))).toEqual([
      ["24h"],
      ["24h", "7d"],
      ["30d", "90d"],
      ["90d"],
    ]);
  });
});

describe("what a place tells", () => {
  const bucket = (ago: number, count = 1) => ({ start: START - ago, count, weight: 10 * count });

  it("is its course in 24 steps of two half-lives, the newest last, without what is older or later", () => {
    const course = courseOf(
      [bucket(0, 2), bucket(2 * HOUR), bucket(47 * HOUR), bucket(48 * HOUR), bucket(-HOUR)],
      DAY,
      START,
    );
    expect(course).toEqual([1, ...Array(21).fill(0), 1, 2]);
  });

  it("is since when there was no break of a half-life", () => {
    expect(trendingSince([bucket(30 * HOUR), bucket(10 * HOUR), bucket(60 * HOUR)], DAY, START)).toBe(
      START - 30 * HOUR,
    );
    expect(trendingSince([bucket(DAY + 1)], DAY, START)).toBe(undefined);
  });
});

describe("rising", () => {
  const acts = (key: string, perHour: (day: number, hour: number) => number) => ({
    key,
    buckets: Array.from({ length: 100 * 24 }, (_, hour) => ({ hour, count: perHour(Math.floor(hour / 24), hour) }))
      .filter(({ count }) => count > 0)
      .map(({ hour, count }) => ({ start: START - hour * HOUR, count, weight: 10 * count })),
  });

  it("puts what is done far more than usual first, and what is done as always last", () => {
    const ranked = RANK.rising(
      [
        acts("always", () => 50),
        acts("doubled", (day) => day === 0 ? 20 : 10),
        acts("new", (_, hour) => hour === 1 ? 3 : 0),
        acts("gone", (day) => day > 3 ? 10 : 0),
      ],
      DAY,
      START,
    );
    expect(ranked.map(({ key }) => key)).toEqual(["doubled", "new", "always"]);
    expect(ranked[0]!.score).toBeGreaterThan(3 * ranked[2]!.score);
  });
});

describe("works", () => {
  it("have one place each, with the weightiest edition shown", () => {
    const works: Record<string, string> = { a1: "a", a2: "a", b1: "b" };
    const weights: Record<string, number> = { a1: 1, a2: 5 };
    expect(byWork(["a1", "b1", "a2", "x"], (id) => works[id], (id) => weights[id] ?? 0)).toEqual([
      ["a2", "a1"],
      ["b1"],
      [
        "x",
      ],
    ]);
  });
});

/** A shop in which other books are read each period, and some always. */
function shop(periodDays: number): Act[] {
  return Array.from({ length: 200 }, (_, day) => day).flatMap((day) => {
    const period = Math.floor(day / periodDays);
    const fresh = Array.from({ length: 20 }, (_, at) => ({ key: `p${period} b${at}`, count: 1 + (at * 7 + day) % 3 }));
    return fresh.map(({ key, count }) => ({ key, start: START + day * DAY, count, weight: 10 * count }));
  });
}

describe("the replay of a history", () => {
  it("judges a list by the gains that it holds, by rank", () => {
    const gains = new Map([["a", 3], ["b", 1]]);
    expect(ndcg(["a", "b"], gains)).toBe(1);
    expect(ndcg(["c", "a"], gains)).toBeCloseTo(3 / Math.log2(3) / (3 + 1 / Math.log2(3)), 9);
    expect(ndcg(["a"], new Map())).toBe(0);
  });

  it("finds a short half-life the better one where tastes change fast", () => {
    const acts = shop(2);
    const plan = planReplay(acts, { unitMs: DAY, horizon: 1, warmUp: 30, most: 100 });
    expect(plan.ends.length).toBe(100);
    expect(replay(acts, DAY, plan)!.next).toBeGreaterThan(replay(acts, 90 * DAY, plan)!.next + 0.05);
  });

  it("looks at nothing behind a moment to make its list", () => {
    const acts = shop(10);
    const plan = planReplay(acts, { unitMs: DAY, horizon: 1, warmUp: 30, most: 1 });
    const end = plan.ends[0]!;
    const late = [...acts, ...Array(50).fill({ key: "late", start: end + DAY / 2, count: 1, weight: 10 })];
    late.sort((a, b) => a.start - b.start);
    expect(replay(late, DAY, plan)!.next).toBeLessThan(replay(acts, DAY, plan)!.next);
  });
});

describe("tuneTrend()", () => {
  const over = (acts: Act[]) => {
    const newest = acts.toSorted((a, b) => b.start - a.start || (a.key < b.key ? 1 : -1));
    return {
      acts: (_: unknown, before: { key: string; start: number } | undefined, limit: number) => {
        const older = newest.filter(({ key, start }) =>
          before === undefined || start < before.start || start === before.start && key < before.key
        );
        return Promise.resolve(older.slice(0, limit));
      },
    };
  };

  it("chooses a window that does no worse than the one before by the same replay, and offers it", async () => {
    const tuning = (await tuneTrend(over(shop(3)), "90d", { clock, maxMs: 60_000 }))!;
    expect(tuning.before.window).toBe("90d");
    expect(tuning.after.worth).toBeGreaterThan(tuning.before.worth);
    expect(halfLifeOf(tuning.setting.window)!).toBeLessThan(7 * DAY);
    expect(tuning.setting.windows.length).toBeGreaterThanOrEqual(3);
  });

  it("chooses nothing where too little was done", async () => {
    expect(await tuneTrend(over(shop(3).slice(0, 300)), "24h", { clock, maxMs: 60_000 })).toBe(undefined);
    expect(await tuneTrend(over([]), "24h", { clock, maxMs: 60_000 })).toBe(undefined);
  });
});
