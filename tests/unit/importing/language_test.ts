import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { languageOf } from "@/application/catalog/importing/values/cell_values.ts";

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];
const codes = LETTERS.flatMap((a) => LETTERS.flatMap((b) => [a + b, ...LETTERS.map((c) => a + b + c)]));

describe("languageOf()", () => {
  it("keeps every code that it gives, so that an export which is imported changes no book", () => {
    const changed = codes.filter((code) => {
      const language = languageOf(code);
      return typeof language === "string" && languageOf(language) !== language;
    });
    expect(changed).toEqual([]);
  });

  it("has one code for Filipino and Tagalog", () => {
    expect(["fil", "tl", "tgl"].map(languageOf)).toEqual(["fil", "fil", "fil"]);
  });
});
