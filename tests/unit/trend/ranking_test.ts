import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { DAY, HOUR } from "@/domain/hours.ts";
import { type Bucket, decayedWeight, mergeBuckets, raise, scoreOf, wholeMass } from "@/domain/trend/decay.ts";
import { rankTrends } from "@/domain/trend/rank_trends.ts";
import { searchVotes, voteKey } from "@/domain/trend/vote.ts";
import { BUCKET_MS, bucketOf, HALF_LIFE_MS, WINDOWS } from "@/domain/trend/window.ts";
import { T0, vote } from "@/tests/support/samples.ts";

const START = bucketOf(T0);
const bucket = (ago: number, weight = 10): Bucket => ({ start: START - ago, count: 1, weight });

describe("decay", () => {
  it("a vote loses half its weight in a window's half-life", () => {
    for (const window of WINDOWS) {
      expect(
        decayedWeight([{ start: START, count: 1, weight: 10 }], HALF_LIFE_MS[window], START + HALF_LIFE_MS[window]),
      ).toBeCloseTo(
        5,
        9,
      );
    }
  });

  it("the whole-number mass is within half a per cent of the weight that is left, and halves exactly", () => {
    const [weights, ages] = [fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 12 * 7 * DAY })];
    fc.assert(fc.property(weights, ages, fc.constantFrom(HOUR, DAY, 7 * DAY), (weight, age, halfLifeMs) => {
      const [exact, mass] = [weight * 2 ** (20 - age / halfLifeMs), wholeMass(weight, age, halfLifeMs)];
      expect(mass).toBeLessThan(exact * 1.005 + 1);
      expect(mass).toBeGreaterThan(exact * 0.9999 - 2);
      expect(wholeMass(weight, age + halfLifeMs, halfLifeMs)).toBe(Math.floor(mass / 2));
    }));
  });

  it("buckets of several kinds are one for each start, in the order of starts", () => {
    const [early, late, more] = [bucket(2 * BUCKET_MS), bucket(0), { ...bucket(0), count: 2, weight: 30 }];
    const merged = [early, { start: START, count: 3, weight: 40 }];
    for (const given of [[early, late, more], [late, early, more], [more, late, early]]) {
      expect(mergeBuckets(given)).toEqual(merged);
    }
  });

  it("votes after the asked time do not count", () => {
    expect(decayedWeight([bucket(0), { start: START + BUCKET_MS, count: 1, weight: 10 }], HALF_LIFE_MS["24h"], START))
      .toBe(10);
  });

  it("the stored score orders keys as their decayed weight does, at any later time, whatever the order of votes", () => {
    const buckets = fc.array(
      fc.record({ ago: fc.integer({ min: 0, max: 3000 }), weight: fc.integer({ min: 1, max: 400 }) }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(fc.property(buckets, buckets, fc.constantFrom(...WINDOWS), (a, b, window) => {
      const made = (list: typeof a) => list.map(({ ago, weight }) => bucket(ago * BUCKET_MS, weight));
      const [scoreA, scoreB] = [scoreOf(made(a))![window], scoreOf(made(b))![window]];
      expect(scoreOf(made([...a].reverse()))![window]).toBeCloseTo(scoreA, 6);
      const [weightA, weightB] = [
        decayedWeight(made(a), HALF_LIFE_MS[window], START + DAY),
        decayedWeight(made(b), HALF_LIFE_MS[window], START + DAY),
      ];
      const apart = Math.abs(scoreA - scoreB) > 1e-6;
      if (apart && weightA > 0 && weightB > 0) expect(scoreA > scoreB).toBe(weightA > weightB);
    }));
  });

  it("raise() of nothing is the vote alone, and twice the same vote is one half-life more", () => {
    const once = raise(undefined, 10, T0);
    expect(once["24h"]).toBeCloseTo(Math.log2(10) + T0 / DAY, 9);
    expect(raise(once, 10, T0)["24h"]).toBeCloseTo(once["24h"] + 1, 9);
  });
});

describe("rankTrends()", () => {
  it("puts what is newer before what was more, as the window forgets", () => {
    const old = { key: "old", buckets: [bucket(3 * DAY, 40)] };
    const fresh = { key: "fresh", buckets: [bucket(0, 10)] };
    expect(rankTrends([old, fresh], HALF_LIFE_MS["24h"], T0).map(({ key }) => key)).toEqual(["fresh", "old"]);
    expect(rankTrends([old, fresh], HALF_LIFE_MS["90d"], T0).map(({ key }) => key)).toEqual(["old", "fresh"]);
  });

  it("breaks ties by key and leaves out what has no weight left", () => {
    const same = ["b", "a"].map((key) => ({ key, buckets: [bucket(0)] }));
    expect(rankTrends([...same, { key: "gone", buckets: [bucket(100 * DAY)] }], HALF_LIFE_MS["1h"], START)).toEqual([{
      key: "a",
      score: 1,
    }, { key: "b", score: 1 }]);
  });

  it("gives the same numbers however the buckets are ordered or split by kind", () => {
    const split = [bucket(0, 7), bucket(0, 3), bucket(HOUR, 5)];
    const whole = [bucket(HOUR, 5), bucket(0, 10)];
    expect(rankTrends([{ key: "k", buckets: split }], HALF_LIFE_MS["1h"], T0)).toEqual(
      rankTrends([{ key: "k", buckets: whole }], HALF_LIFE_MS["1h"], T0),
    );
  });
});

describe("votes", () => {
  it("are one within an hour for a reader, key and kind, and others beyond", () => {
    const one = vote("b", "r");
    expect(voteKey({ ...one, time: one.time + HOUR - 1 })).toBe(voteKey(one));
    for (
      const other of [{ time: one.time + HOUR }, { reader: "q" }, { key: "c" }, { kind: "read" as const }, {
        subject: "query" as const,
      }]
    ) {
      expect(voteKey({ ...one, ...other })).not.toBe(voteKey(one));
    }
  });

  it("of a search go to its query and, less with each position, to its first five books", () => {
    const votes = searchVotes("dune", ["a", "b", "c", "d", "e", "f"], { reader: "r", time: T0 });
    expect(votes.map(({ subject, key, weight }) => [subject, key, weight])).toEqual([
      ["query", "dune", 10],
      ["book", "a", 5],
      ["book", "b", 4],
      ["book", "c", 3],
      ["book", "d", 2],
      ["book", "e", 1],
    ]);
  });

  it("are none for a search that found nothing", () => {
    expect(searchVotes("zzz", [], { reader: "r", time: T0 })).toEqual([]);
  });
});
