import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { circlesOf, namesIn, RINGS } from "./circles.ts";
import { breachesOf, RULES } from "./rules.ts";
import { sourceFiles } from "./source_files.ts";

const files = await sourceFiles();

describe("the layers", () => {
  for (const rule of RULES) {
    it(rule.says, () => {
      const subjects = files.filter((file) => rule.about.test(file.path));
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

  it("every source file lies in one of the known folders", () => {
    const known = /^(domain|application|adapters|services|tools|tests|bench)\//;
    expect(files.filter((file) => !known.test(file.path)).map((file) => file.path)).toEqual([]);
  });
});

describe("circles", () => {
  for (const ring of RINGS) {
    it(ring.says, () => {
      expect(namesIn(ring, files).size).toBeGreaterThanOrEqual(ring.atLeast);
      expect(circlesOf(ring, files)).toEqual([]);
    });
  }

  it("a circle is noticed", () => {
    for (const ring of RINGS) {
      expect([ring.says, circlesOf(ring, ring.breach).length]).toEqual([ring.says, 1]);
      expect([ring.says, circlesOf(ring, ring.breach.slice(1))]).toEqual([ring.says, []]);
    }
  });
});
