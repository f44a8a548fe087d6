import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { breaches, RULES } from "./rules.ts";
import { sourceFiles } from "./source_files.ts";

const files = await sourceFiles();

describe("the layers", () => {
  for (const rule of RULES) {
    it(rule.says, () => {
      const subjects = files.filter((file) => rule.about.test(file.path));
      // A rule that is about nothing would always hold.
      expect(subjects.length).toBeGreaterThan(rule.atLeast ?? 0);
      expect(breaches(rule, subjects)).toEqual([]);
    });
  }

  it("a rule that is broken is noticed: each rule has a breach that it finds", () => {
    for (const rule of RULES) {
      const found = breaches(rule, [{ path: rule.breach.path, text: rule.breach.text }]);
      expect([rule.says, found.length]).toEqual([rule.says, 1]);
      expect(rule.about.test(rule.breach.path)).toBe(true);
    }
  });

  it("every source file lies in one of the known folders", () => {
    const known = /^(domain|application|adapters|services|tools|tests|bench)\//;
    expect(files.filter((file) => !known.test(file.path)).map((file) => file.path)).toEqual([]);
  });
});
