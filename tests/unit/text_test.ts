import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { fold, indexTokens, isbn13Of, normalForm, queryTokens } from "@/domain/text.ts";

describe("the normaliser", () => {
  it("folds case, accents and letters that Unicode does not decompose", () => {
    expect(fold("Éloge ÇA Straße Łódź Ørsted Æsir")).toBe("eloge ca strasse lodz orsted aesir");
    expect(fold("Οδύσσειας")).toBe("οδυσσειασ");
    expect(fold("ﬁne ＡＢＣ")).toBe("fine abc");
  });

  it("keeps marks that are letters of their script", () => {
    expect(fold("गोदान")).toBe("गोदान".normalize("NFKD").normalize("NFC"));
    expect(fold("が")).toBe("が");
    expect(fold("토지")).toBe("토지");
  });

  it("drops apostrophes, turns punctuation into one space", () => {
    expect(normalForm("  Don’t — Be   Evil!  ")).toBe("dont be evil");
    expect(normalForm("O'Brien's")).toBe("obriens");
  });

  it("indexes both halves of a hyphenated word and their join", () => {
    expect(indexTokens("Catch-22")).toEqual(["catch", "22", "catch22"]);
  });

  it("indexes single signs and pairs of CJK, and asks for pairs", () => {
    expect(indexTokens("雪国").sort()).toEqual(["国", "雪", "雪国"].sort());
    expect(queryTokens("雪国の")).toEqual(["雪国", "国の"]);
    expect(queryTokens("雪")).toEqual(["雪"]);
  });

  it("every word of a text is found among its index words", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
      const index = new Set(indexTokens(text));
      if (isbn13Of(text) !== undefined) return;
      for (const word of queryTokens(text)) expect(index.has(word)).toBe(true);
    }));
  });

  it("normalising twice is the same as once", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      expect(normalForm(normalForm(text))).toBe(normalForm(text));
    }));
  });
});

describe("isbn13Of()", () => {
  it("reads ISBN-13 and ISBN-10 with and without hyphens, and converts to 13", () => {
    for (const text of ["9780441013593", "978-0-441-01359-3", "0441013597", "0-441-01359-7", "978 0441013593"]) {
      expect(isbn13Of(text)).toBe("9780441013593");
    }
    expect(isbn13Of("080442957X")).toBe("9780804429573");
  });

  it("refuses a wrong check digit, other lengths and other text", () => {
    for (const text of ["9780441013594", "0441013598", "978044101359", "9.78043902348e+12", "dune", ""]) {
      expect(isbn13Of(text)).toBeUndefined();
    }
  });
});
