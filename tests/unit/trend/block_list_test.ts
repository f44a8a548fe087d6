import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createBlockList, isPrivate } from "@/domain/trend/block_list.ts";
import { normalForm } from "@/domain/text.ts";

const blockedBy = (entries: string[]) => {
  const isBlocked = createBlockList(entries);
  return (query: string) => isBlocked(normalForm(query), query);
};

describe("isPrivate()", () => {
  const PRIVATE = [
    "ann@example.org",
    "write to ann.smith+books@mail.example.org please",
    "+49 170 1234567",
    "0170/1234567",
    "(555) 123-4567",
    "555-1234",
    "https://example.org/offer",
    "www.example.org",
  ];
  const PUBLIC = [
    "1984",
    "2666",
    "1914-1918",
    "2001 2010 2061",
    "Fahrenheit 451",
    "20,000 leagues under the sea",
    "978-0-441-01359-3",
    "0-306-40615-2",
    "9780441013593",
    "author @ work",
    "the world wide web",
    "catch 22",
  ];
  for (const query of PRIVATE) it(`is ${query}`, () => expect(isPrivate(normalForm(query), query)).toBe(true));
  for (const query of PUBLIC) it(`is not ${query}`, () => expect(isPrivate(normalForm(query), query)).toBe(false));
});

describe("createBlockList()", () => {
  it("knows words and phrases however they are written, and only as whole words", () => {
    const isBlocked = blockedBy(["Viagra", "buy now"]);
    for (const query of ["viagra", "VIÁGRA pills", "please buy  now!"]) {
      expect([query, isBlocked(query)]).toEqual([query, true]);
    }
    for (const query of ["niagara", "viagrastic", "now buy"]) expect([query, isBlocked(query)]).toEqual([query, false]);
  });

  it("knows patterns, whatever the case", () => {
    expect(blockedBy(["/\\bcas[i1]no/"])("CAS1NO royale")).toBe(true);
    expect(blockedBy(["/\\bcas[i1]no/"])("occasion")).toBe(false);
  });

  it("keeps private queries out too", () => expect(blockedBy([])("ann@example.org")).toBe(true));

  it("refuses a pattern that is none, and leaves out an entry without a letter", () => {
    expect(() => createBlockList(["/(/"])).toThrow();
    expect(blockedBy(["!!!"])("dune")).toBe(false);
  });
});
