import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { isId, isVisible, isWithin, lineFault, linesFault, tidyLines } from "@/domain/free_text.ts";
import { oddText } from "@/tests/support/catalog/odd_text.ts";

describe("text of one line", () => {
  it("may have letters, signs and marks of any script, and what joins them", () => {
    for (
      const text of [
        "Dune",
        "雪国",
        "Οδύσσεια",
        "नमस्ते",
        "می‌خواهم",
        "👩‍🚀",
        "é",
        "…",
        "R&D 100 %",
        "العربية \u200f!",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "\ue000",
      ]
    ) expect([text, lineFault(text, 50)]).toEqual([text, undefined]);
  });

  it("refuses control characters, line breaks, lone surrogates and bidirectional controls, and says which it found", () => {
    for (
      const [odd, name] of [
        ["\0", "U+0000"],
        ["\t", "U+0009"],
        ["\n", "U+000A"],
        ["\x7f", "U+007F"],
        ["\u0085", "U+0085"],
        ["\u2028", "U+2028"],
        ["\ud800", "U+D800"],
        ["\udfff", "U+DFFF"],
        ["\u202e", "U+202E"],
        ["\u202a", "U+202A"],
        ["\u2066", "U+2066"],
        ["\uffff", "U+FFFF"],
        ["\ufdd0", "U+FDD0"],
        ["\u{1fffe}", "U+1FFFE"],
      ]
    ) {
      expect(lineFault(`a${odd}b`, 50)).toBe(
        `wanted no control characters, lone surrogates or bidirectional controls, found ${name}`,
      );
    }
  });

  it("has something to be seen", () => {
    for (
      const text of [
        "",
        " ",
        "\u00a0",
        "\u200b",
        "\u200d\u200c",
        "\ufeff",
        "\u00ad",
        "\u3164",
        "\u115f",
        "\u2800",
        "\u0301",
        "\ufe0f",
        "\u{e0041}",
      ]
    ) {
      expect([text, isVisible(text), lineFault(text, 5)]).toEqual([
        text,
        false,
        "wanted 1 to 5 characters, one of them visible",
      ]);
    }
  });

  it("is counted by code points", () => {
    expect([isWithin("🙂🙂", 2), isWithin("🙂🙂🙂", 2), isWithin("aaa", 2), isWithin("", 0)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(lineFault("🙂".repeat(500), 500)).toBeUndefined();
    expect(lineFault("🙂".repeat(501), 500)).toMatch(/1 to 500/);
  });
});

describe("text of several lines", () => {
  it("has one kind of line break and no tabs, and none at its ends", () => {
    expect(tidyLines(" a\r\nb\rc\u2028d\u0085e\n\nf\tg \n")).toBe("a\nb\nc\nd\ne\n\nf g");
    expect(linesFault("a\n\nb", 4)).toBeUndefined();
    expect(linesFault("a\n\nbc", 4)).toMatch(/at most 4/);
    expect(linesFault("a\nb\0", 4)).toMatch(/found U\+0000/);
  });

  it("is in its one form after once", () => {
    fc.assert(fc.property(oddText(12), (text) => expect(tidyLines(tidyLines(text))).toBe(tidyLines(text))));
  });
});

describe("an id", () => {
  it("is of 1 to 64 characters that are all seen", () => {
    for (const id of ["a", "x".repeat(64), "🙂".repeat(64), "雪", "\ufffd", "."]) {
      expect([id, isId(id)]).toEqual([id, true]);
    }
    for (
      const id of ["", "x".repeat(65), "🙂".repeat(65), "a b", "a\0", "\ud83d", "a\u200b", "\u202ea", "\ufeff", "a\n"]
    ) {
      expect([id, isId(id)]).toEqual([id, false]);
    }
  });
});
