import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { circlesOf, namesIn, RINGS } from "./circles.ts";
import { breachesOf, RULES } from "./rules.ts";
import { sourceFiles } from "./source_files.ts";

/** Files that are not judged yet, each for a rule or ring that it would break: to be taken out as soon as it no longer does. */
const NOT_YET: Record<string, string[]> = {
  "a file at application's root imports no folder of it, so that nobody reaches a module through it": [
    "application/stores.ts",
  ],
};

const files = await sourceFiles();
const judged = (says: string) => files.filter(({ path }) => NOT_YET[says]?.includes(path) !== true);

describe("the layers", () => {
  for (const rule of RULES) {
    it(rule.says, () => {
      const subjects = judged(rule.says).filter((file) => rule.about.test(file.path));
      // A rule that is about nothing would always hold.
      expect(subjects.length).toBeGreaterThan(rule.atLeast ?? 0);
      expect(breachesOf(rule, subjects)).toEqual([]);
    });
  }

  it("a rule that is broken is noticed: each rule has a breach that it finds", () => {
    for (const rule of RULES) {
      expect([rule.says, rule.breaches.length > 0]).toEqual([rule.says, true]);
      for (const breach of rule.breaches) {
        expect([breach, breachesOf(rule, [breach]).length]).toEqual([breach, 1]);
        expect([breach, rule.about.test(breach.path)]).toEqual([breach, true]);
      }
    }
  });

  it("what is not judged yet would break its rule", () => {
    const wrong = (says: string) =>
      RULES.filter((rule) => rule.says === says).flatMap((rule) =>
        breachesOf(rule, files.filter((file) => rule.about.test(file.path)))
      ).length + RINGS.filter((ring) => ring.says === says).flatMap((ring) => circlesOf(ring, files)).length;
    expect(Object.keys(NOT_YET).filter((says) => wrong(says) === 0)).toEqual([]);
  });

  it("every source file lies in one of the known folders", () => {
    const known = /^(domain|application|adapters|services|tools|tests|bench)\//;
    expect(files.filter((file) => !known.test(file.path)).map((file) => file.path)).toEqual([]);
  });
});

describe("circles", () => {
  for (const ring of RINGS) {
    it(ring.says, () => {
      expect(namesIn(ring, files).size).toBeGreaterThanOrEqual(ring.atLeast);
      expect(circlesOf(ring, judged(ring.says))).toEqual([]);
    });
  }

  it("a circle is noticed", () => {
    for (const ring of RINGS) {
      expect([ring.says, circlesOf(ring, ring.breach).length]).toEqual([ring.says, 1]);
      expect([ring.says, circlesOf(ring, ring.breach.slice(1))]).toEqual([ring.says, []]);
    }
  });
});
