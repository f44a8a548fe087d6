import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { DAY, HOUR } from "@/domain/hours.ts";
import { boundByDay } from "@/domain/trend/day_bound.ts";
import { clientVoter, type Vote, voteKey } from "@/domain/trend/vote.ts";
import { vote } from "@/tests/support/samples.ts";

const MIDNIGHT = Date.UTC(2026, 10, 23);
const KINDS = ["found", "viewed", "want", "reading", "read", "rated"] as const;
const weightOf = (votes: Vote[]) => votes.reduce((sum, { weight }) => sum + weight, 0);

describe("boundByDay()", () => {
  it("leaves a reader's acts for a key on a day the weight of the heaviest of them together", () => {
    const acts = [10, 20, 40, 50].map((weight, at) => vote("b", "r", { time: MIDNIGHT + at * HOUR, weight }));
    expect(boundByDay(acts, []).map(({ weight }) => weight)).toEqual([10, 20, 20, 0]);
  });

  it("counts each day, key and reader for itself", () => {
    const full = { weight: 50, time: MIDNIGHT };
    const acts = [
      vote("b", "r", full),
      vote("b", "r", { ...full, time: MIDNIGHT - 1 }),
      vote("b", "r", { ...full, time: MIDNIGHT + DAY }),
      vote("c", "r", full),
      vote("b", "s", full),
      vote("b", "r", { ...full, subject: "query" }),
    ];
    expect(boundByDay(acts, [])).toEqual(acts);
  });

  it("knows what is stored, and spends nothing on a vote that is", () => {
    const stored = [vote("b", "r", { time: MIDNIGHT, weight: 30 })];
    const [again, fresh] = boundByDay(
      [{ ...stored[0]!, time: MIDNIGHT + 1 }, vote("b", "r", { time: MIDNIGHT, kind: "read", weight: 40 })],
      stored,
    );
    expect([again!.weight, fresh!.weight]).toEqual([30, 20]);
  });

  it("leaves clients alone, who have little to give anyway", () => {
    const votes = Array.from(
      { length: 24 },
      (_, at) => vote("b", clientVoter("c"), { time: MIDNIGHT + at * HOUR, weight: 2 + at }),
    );
    expect(boundByDay(votes, [])).toEqual(votes);
  });

  it("comes to the same weight of a day in whatever order and in whatever chunks its votes come", () => {
    const acts = fc.array(
      fc.record({
        hour: fc.integer({ min: 0, max: 23 }),
        kind: fc.constantFrom(...KINDS),
        weight: fc.integer({ min: 1, max: 50 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(fc.property(acts, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 30 }), (given, dice, chunk) => {
      const distinct = new Map(
        given.map(({ hour, ...fields }) => vote("b", "r", { time: MIDNIGHT + hour * HOUR, ...fields })).map((one) => [
          voteKey(one),
          one,
        ]),
      );
      const votes = [...distinct.values()];
      const shuffled = votes.map((one) => ({ one, by: dice.next().value })).sort((a, b) => a.by - b.by).map(({ one }) =>
        one
      );
      const stored: Vote[] = [];
      for (let at = 0; at < shuffled.length; at += chunk) {
        stored.push(...boundByDay(shuffled.slice(at, at + chunk), stored));
      }
      expect(weightOf(stored)).toBe(Math.min(50, weightOf(votes)));
      expect(weightOf(boundByDay(votes, []))).toBe(weightOf(stored));
    }));
  });
});
