import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { editDistance } from "@/domain/catalog/spelling/edit_distance.ts";
import { mostSlipsIn, slipsIn } from "@/domain/catalog/spelling/slips.ts";
import { Vocabulary } from "@/domain/catalog/spelling/vocabulary.ts";

/** The distance by its definition, without bounds. */
function distance(a: string, b: string): number {
  const table = Array.from(
    { length: a.length + 1 },
    (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i === 0 ? j : i),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      table[i]![j] = Math.min(
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + (same ? 0 : 1),
        swapped ? table[i - 2]![j - 2]! + 1 : Infinity,
      );
    }
  }
  return table[a.length]![b.length]!;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Different words of six letters that begin like "dragen". */
const similarWords = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, at) => "dra" + [1, 26, 676].map((step) => LETTERS[Math.floor(at / step) % 26]).join(""),
  );

const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), minLength: 3, maxLength: 9 });

describe("editDistance()", () => {
  it("counts a swap of neighbours as one slip", () => {
    expect(editDistance("tolkein", "tolkien", 1)).toBe(1);
    expect(editDistance("dragon", "dragoon", 2)).toBe(1);
    expect(editDistance("abc", "xyz", 1)).toBe(2);
  });

  it("is the distance by its definition, up to the bound", () => {
    fc.assert(fc.property(word, word, fc.integer({ min: 1, max: 3 }), (a, b, most) => {
      expect(editDistance(a, b, most)).toBe(Math.min(most + 1, distance(a, b)));
    }));
  });

  it("with prefix is the least distance to a beginning", () => {
    fc.assert(fc.property(word, word, fc.integer({ min: 1, max: 3 }), (a, b, most) => {
      const least = Math.min(...Array.from({ length: b.length + 1 }, (_, end) => distance(a, b.slice(0, end))));
      expect(editDistance(a, b, most, true)).toBe(Math.min(most + 1, least));
    }));
  });
});

describe("Vocabulary", () => {
  it("finds every word within the slips, and no other", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), word, fc.integer({ min: 1, max: 2 }), (words, wanted, most) => {
        const vocabulary = new Vocabulary();
        for (const one of words) vocabulary.add(one);
        const right = [...new Set(words)].filter((one) => one !== wanted && distance(wanted, one) <= most).sort();
        expect(vocabulary.like(wanted, most).map((one) => one.word).sort()).toEqual(right);
      }),
    );
  });

  it("with prefix also finds every word that begins like it", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), word, fc.integer({ min: 1, max: 2 }), (words, wanted, most) => {
        const vocabulary = new Vocabulary();
        for (const one of words) vocabulary.add(one);
        const found = vocabulary.like(wanted, most, true).map(({ word, distance, begins }) => [word, distance, begins]);
        const right = [...new Set(words)].filter((one) => one !== wanted).flatMap((one) => {
          const whole = distance(wanted, one);
          if (whole <= most) return [[one, whole, false]];
          const begun = Math.min(...Array.from(one, (_, end) => distance(wanted, one.slice(0, end))));
          return begun > 0 && begun <= most ? [[one, begun, true]] : [];
        });
        expect(found.sort()).toEqual(right.sort());
      }),
    );
  });

  it("knows each word once, and leaves out what nobody misspells", () => {
    const vocabulary = new Vocabulary();
    for (const one of ["dune", "dune", "1984", "雪国", "it", "9780441013593"]) vocabulary.add(one);
    expect(vocabulary.size).toBe(1);
  });

  it("finds in steps what it finds at once, while others are added between them", () => {
    const vocabulary = new Vocabulary();
    for (const one of similarWords(16_384)) vocabulary.add(one);
    for (const prefix of [false, true]) {
      const right = vocabulary.like("dragen", 2, prefix);
      const scan = vocabulary.scan("dragen", 2, prefix);
      let steps = 0;
      let step = scan.next();
      for (; !step.done; step = scan.next()) vocabulary.add(`qqqqq${LETTERS[steps++]}`);
      expect(steps).toBeGreaterThan(10);
      expect(right.length).toBeGreaterThan(0);
      expect(step.value).toEqual(right);
    }
  });

  it("puts a word with the same first letter before one with another, and nearer words before others", () => {
    const vocabulary = new Vocabulary();
    for (const one of ["bragon", "dragons", "dragonflies"]) vocabulary.add(one);
    expect(vocabulary.like("dragin", 2, true).map((one) => one.word)).toEqual(["dragons", "dragonflies", "bragon"]);
  });
});

describe("slipsIn()", () => {
  it("allows 0, 1 and 2 slips in words of 1–4, 5–8, 9 and more letters, and none in a number", () => {
    expect(["dune", "hobbi", "fahrenhe", "fahrenhei", "19841984"].map(slipsIn)).toEqual([0, 1, 1, 2, 0]);
    expect(["of", "dune", "hobbit", "fahrenheit", "1984"].map(mostSlipsIn)).toEqual([0, 1, 2, 3, 0]);
  });
});
