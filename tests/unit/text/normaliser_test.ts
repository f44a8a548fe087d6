import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { fold, isbn13Of, normalForm } from "@/domain/text.ts";
import { indexTokens, queryTokens } from "@/domain/words.ts";

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

  it("takes texts of plain words a short way to the same form", () => {
    const word = fc.oneof(
      fc.constantFrom("000", "20", "1", "J", "r", "a", "The", "C"),
      fc.stringMatching(/^[A-Za-z0-9]{1,6}$/),
    );
    const text = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(" "));
    // A sign behind the words changes nothing of them, but is not of plain words.
    fc.assert(fc.property(text, (plain) => expect(normalForm(plain)).toBe(normalForm(`${plain} —`))));
  });

  it("indexes both halves of a hyphenated word and their join", () => {
    expect(indexTokens("Catch-22")).toEqual(["catch", "22", "catch22"]);
  });

  it("indexes single signs and pairs of CJK, and asks for pairs", () => {
    expect(indexTokens("雪国").sort()).toEqual(["国", "雪", "雪国"].sort());
    expect(queryTokens("雪国の")).toEqual(["雪国", "国の"]);
    expect(queryTokens("雪")).toEqual(["雪"]);
  });

  it("keeps names apart that differ in their signs, as keys of trends too", () => {
    const forms = ["C", "C++", "C#", "F#", ".NET", "net"].map(normalForm);
    expect(forms).toEqual(["c", "cpp", "csharp", "fsharp", "dotnet", "net"]);
    expect(normalForm("Dune, #1")).toBe("dune 1");
    expect([normalForm("???"), normalForm(" 🚀 ❤️ ")]).toEqual(["???", "🚀❤"]);
  });

  it("writes initials, digit groups, apostrophes and invisible signs in one way", () => {
    for (const name of ["J.R.R. Tolkien", "J. R. R. Tolkien", "JRR Tolkien", "j r r tolkien"]) {
      expect(normalForm(name)).toBe("jrr tolkien");
    }
    for (const number of ["20,000", "20.000", "20 000", "20\u202f000", "20000"]) {
      expect(normalForm(number)).toBe("20000");
    }
    for (const sign of "'’‘ʼ`´′ʻ＇") expect([sign, normalForm(`O${sign}Brien`)]).toEqual([sign, "obrien"]);
    expect(normalForm("so\u00adft\u200b hy\u200dphen\ufeff")).toBe("soft hyphen");
    expect(normalForm("٤٢ ۴۲ ४२")).toBe("42 42 42");
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
    for (const text of ["ISBN 9780441013593", "isbn:0-441-01359-7", "ISBN-13: 978\u22120\u2212441\u221201359\u22123"]) {
      expect([text, isbn13Of(text)]).toEqual([text, "9780441013593"]);
    }
  });

  it("refuses a wrong check digit, other lengths and other text", () => {
    for (
      const text of [
        "9780441013594",
        "0441013598",
        "978044101359",
        "9.78043902348e+12",
        "dune",
        "",
        "0",
        "0000000000",
        "4006381333931",
      ]
    ) {
      expect(isbn13Of(text)).toBeUndefined();
    }
  });
});
