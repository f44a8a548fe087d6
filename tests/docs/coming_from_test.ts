import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT, rows, section, text } from "./pages.ts";

const PAGE = "docs/coming-from.md";
const LINK = /\[[^\]]+\]\(([^)]+)\)/g;
const linked = (cell: string): string[] => [...cell.matchAll(LINK)].map((match) => match[1]!);

/** The tests that a cell names: links, each followed by names in quotation marks. */
function testsIn(cell: string): { path: string; name: string }[] {
  let path = "";
  return [...cell.matchAll(/\]\(\.\.\/([^)]+)\)|“([^”]+)”/g)].flatMap(([, link, name]) => {
    if (link !== undefined) path = link;
    return name === undefined ? [] : [{ path, name }];
  });
}

/** What stands first in each `it(…)` of a file, with a mark where a template puts something in. */
const MARK = "\0";
const named = (source: string): string[] =>
  [...source.matchAll(/\bit\(\s*(["`])((?:\\.|(?!\1)[^\\])*)\1/g)].map((match) =>
    match[2]!.replaceAll(/\\(.)/g, "$1").replaceAll(/\$\{[^}]*\}/g, MARK)
  );

/** Whether a file has a test of this name; what a template puts in has to stand in the file too. */
function hasTest(source: string, name: string): boolean {
  return named(source).some((pattern) => {
    const escaped = pattern.split(MARK).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const parts = new RegExp(`^${escaped.join("(.+)")}$`).exec(name)?.slice(1);
    return parts?.every((part) => source.includes(part)) === true;
  });
}

describe("docs/coming-from.md", () => {
  for (const heading of ["## From the usual tutorial", "## From the usual message-bus sketch"]) {
    it(`${heading}: every piece has a place here that is there, and a reason`, () => {
      const table = rows(section(PAGE, heading));
      expect(table.length).toBeGreaterThan(10);
      for (const [piece, place, why] of table) {
        expect([piece, linked(place!).length > 0, why !== ""]).toEqual([piece, true, true]);
      }
      const missing = table.flatMap(([, place]) => linked(place!)).filter((path) =>
        !existsSync(join(ROOT, "docs", path))
      );
      expect(missing.map((path) => `${PAGE} links to ${path}, which is not there`)).toEqual([]);
    });
  }

  it("every known defect names tests that are there", () => {
    const table = rows(section(PAGE, "## Known defects"));
    expect(table.length).toBeGreaterThan(40);
    const faults = table.flatMap(([defect, , shown]) => {
      const tests = testsIn(shown ?? "");
      if (tests.length === 0) return [`${PAGE} names no test for "${defect}"`];
      return tests.filter(({ path, name }) => !existsSync(join(ROOT, path)) || !hasTest(text(path), name)).map((
        { path, name },
      ) => `${PAGE} names the test "${name}", which ${path} lacks`);
    });
    expect(faults).toEqual([]);
  });

  it("would see a test that is not there", () => {
    const source = 'it("one", …); it(`${says}: ${status}, as told`, …); CASES = [["a case", 404]]';
    expect([
      hasTest(source, "one"),
      hasTest(source, "a case: 404, as told"),
      hasTest(source, "on"),
      hasTest(source, "another case: 404, as told"),
    ]).toEqual([true, true, false, false]);
  });
});
