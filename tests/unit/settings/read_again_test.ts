import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { lastGood } from "@/services/settings/read_again.ts";

/** What is read in turn, and the values that the check was asked about and that were refused. */
function reading(values: (string | undefined)[]) {
  const asked: string[] = [];
  let [at, refused] = [0, 0];
  const get = lastGood({
    first: "first",
    read: () => values[at++],
    textOf: (value) => value,
    check: {
      passes: (value) => (asked.push(value), value.startsWith("good")),
      refuse: () => refused++,
    },
  });
  return { all: values.map(() => get()), asked, refused };
}

describe("lastGood()", () => {
  it("returns what is read now, and the last one while nothing can be read", () => {
    expect(reading(["good 1", undefined, "good 2"]).all).toEqual(["good 1", "good 1", "good 2"]);
  });

  it("keeps the last one for what does not pass, and says so once for each such value", () => {
    const { all, refused } = reading(["bad", "bad", "worse", "good", "bad"]);
    expect(all).toEqual(["first", "first", "first", "good", "good"]);
    expect(refused).toBe(3);
  });

  it("checks only what has changed", () => {
    expect(reading(["first", "good", "good", undefined, "good"]).asked).toEqual(["good"]);
  });
});
