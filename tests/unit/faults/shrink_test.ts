import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { shrink } from "@/tests/faults/simulated/schedules/shrink.ts";

const numbers = Array.from({ length: 40 }, (_, at) => at);
const needs = (wanted: number[]) => (some: number[]) => Promise.resolve(wanted.every((one) => some.includes(one)));

describe("shrink()", () => {
  it("leaves what a failure needs, in order, and nothing else", async () => {
    expect(await shrink(numbers, needs([3, 17, 38]), 500)).toEqual([3, 17, 38]);
    expect(await shrink(numbers, needs(numbers.slice(0, 5)), 500)).toEqual([0, 1, 2, 3, 4]);
  });

  it("leaves nothing where nothing is needed, and all where all is", async () => {
    expect(await shrink(numbers, needs([]), 500)).toEqual([]);
    expect(await shrink(numbers, needs(numbers), 500)).toEqual(numbers);
  });

  it("asks no more often than it may, and answers what still fails", async () => {
    let asked = 0;
    const left = await shrink(numbers, (some) => {
      asked++;
      return needs([3, 38])(some);
    }, 5);
    expect(asked).toBe(5);
    expect(await needs([3, 38])(left)).toBe(true);
  });
});
