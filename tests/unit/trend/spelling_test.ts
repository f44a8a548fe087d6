import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { mostSpelled, tidySpelling } from "@/domain/trend/spelling.ts";
import { normalForm } from "@/domain/text.ts";

describe("tidySpelling()", () => {
  const CASES: [typed: string, shown: string][] = [
    ["  Dune ", "Dune"],
    ["★★★ DUNE ★★★ → buy 🎉", "DUNE buy"],
    ["du\u0000ne\u202e \u200bx\ufeff", "dune x"],
    ["line\none\ttwo", "line one two"],
    ["C++", "C++"],
    ["Catch-22", "Catch-22"],
    ["100 £ for a < b?", "100 £ for a < b?"],
    ["$$$===> Dune <===!!!", "Dune"],
    ["Who's Afraid of Virginia Woolf?", "Who's Afraid of Virginia Woolf?"],
    ["Ｄｕｎｅ 𝔇𝔲𝔫𝔢", "Dune Dune"],
    ["Z\u0301\u0302\u0303\u0304\u0305algo", "\u0179\u0302\u0303algo"],
    ["می\u200cخواهم", "می\u200cخواهم"],
    ["a\u200c \u200db", "a b"],
    ["雪国", "雪国"],
  ];
  for (const [typed, shown] of CASES) {
    it(`shows ${JSON.stringify(typed)} as ${JSON.stringify(shown)}`, () => expect(tidySpelling(typed)).toBe(shown));
  }

  it("never shows a control or format character, a pictograph or more than one line, and shows itself as it is", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (query) => {
      const shown = tidySpelling(query);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Co}\p{So}\u202a-\u202e\u2066-\u2069\u200b\ufeff\n]/u);
      expect(shown.isWellFormed()).toBe(true);
      expect(tidySpelling(shown)).toBe(shown);
    }));
  });

  it("leaves the words, so that the link to the search finds the same", () => {
    for (
      const query of ["★ The Lord of the Rings ★", "dune & sons #1 + 100%", "Éloge de l'ombre", "C++ für Anfänger!!!"]
    ) {
      expect(normalForm(tidySpelling(query))).toBe(normalForm(query));
    }
  });
});

describe("mostSpelled()", () => {
  const spelled = (spelling: string, readers: number, clients = readers) => ({ spelling, readers, clients });

  it("is what most readers typed, where those of one client count once", () => {
    expect(mostSpelled([spelled("DUNE", 9, 1), spelled("Dune", 2)])).toBe("Dune");
    expect(mostSpelled([spelled("DUNE", 1, 9), spelled("Dune", 2)])).toBe("Dune");
  });

  it("is the plainest of those that as many typed, whatever their order", () => {
    const tied = ["DUNE", "dune!", "dune", "Dune"].map((one) => spelled(one, 1));
    expect(mostSpelled(tied)).toBe("dune");
    expect(mostSpelled(tied.toReversed())).toBe("dune");
    expect(mostSpelled([spelled("éloge", 1), spelled("eloge", 1)])).toBe("eloge");
  });

  it("is none of none", () => expect(mostSpelled([])).toBeUndefined());
});
