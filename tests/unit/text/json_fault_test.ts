import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { isDeeper, jsonFault, placeOf } from "@/application/shared/text/json_fault.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("a fault in JSON", () => {
  for (
    const [text, column, wanted, found] of [
      ["", 1, "a value", "the end"],
      ["rubbish", 1, "a value", '"rubbish"'],
      ["{'a':1}", 2, "a name in quotes or }", `"'"`],
      ['{"a":1,}', 8, "a name in quotes", '"}"'],
      ['{"a" 1}', 6, "a colon", '"1"'],
      ['{"a":NaN}', 6, "a value", '"NaN"'],
      ['{"a":"é" "b":1}', 10, "a comma or }", '"\\""'],
      ["[1 2]", 4, "a comma or ]", '"2"'],
      ["[01]", 2, "a value or ]", '"01"'],
      ['{"a":1}{"b":2}', 8, "the end", '"{"'],
      ['{"a":"x', 8, "a quote that ends the string", "the end"],
      ['{"a":"C:\\d"}', 9, "an escape such as \\n or \\u00e9", '"\\\\d"'],
      ['{"a":"x\ty"}', 8, "an escape such as \\n or \\t in the string", "U+0009"],
      ['{"a":1', 7, "a comma or }", "the end"],
    ] as const
  ) {
    it(`in ${JSON.stringify(text)} is at column ${column}`, () => {
      const fault = jsonFault(text)!;
      expect([placeOf(text, fault.at).column, fault.wanted, fault.found]).toEqual([column, wanted, found]);
    });
  }

  it("is found in the texts that a parser refuses, and in no others", () => {
    fc.assert(fc.property(fc.json(), (text) => jsonFault(text) === undefined));
    const signs = fc.string({ unit: fc.constantFrom(...'[]{},:"\\ \n1-.eutrefals') });
    fc.assert(fc.property(signs, (text) => (jsonFault(text) === undefined) === isJson(text)), { numRuns: 2000 });
  });

  it("is looked for in a value that is 100,000 levels deep, which is told from a flat one", () => {
    const deep = "[".repeat(100_000);
    expect(jsonFault(deep)!.at).toBe(deep.length);
    expect([isDeeper(deep, 99_999), isDeeper(deep, 100_000)]).toEqual([true, false]);
    expect(isDeeper('[["[[[[", "\\"["], {}, []]', 2)).toBe(false);
  });

  it("is looked for behind a string of millions of escapes", () => {
    const text = `{"a":"${"\\n".repeat(8_000_000)}"`;
    expect(jsonFault(text)).toEqual({ at: text.length, wanted: "a comma or }", found: "the end" });
  });

  it("has the line that an editor shows", () => {
    expect(placeOf("é\n  x", 4)).toEqual({ line: 2, column: 3 });
    expect(placeOf("  x", 2, { line: 7, column: 5 })).toEqual({ line: 7, column: 7 });
  });
});
