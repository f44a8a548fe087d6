import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { countFacets } from "@/application/catalog/search/listing/count_facets.ts";
import type { FacetCount } from "@/application/catalog/ports.ts";

const SHOWN = 10;

describe("countFacets()", () => {
  it("shows of each kind the most frequent, ties by value, and behind them what is selected", async () => {
    const some = fc.uniqueArray(
      fc.record({
        value: fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 4 }),
        count: fc.integer({ min: 1, max: 4 }),
      }),
      { selector: ({ value }) => value, maxLength: 40 },
    );
    await fc.assert(fc.asyncProperty(some, async (subjects) => {
      const counts = subjects.map((one): FacetCount => ({ kind: "subject", book: "b", ...one }));
      const shelf = { facetCounts: () => Promise.resolve(counts), byIds: () => Promise.resolve([]) };
      const sorted = subjects.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).map(({ value }) =>
        value
      );
      const selected = ["", "abc", "none"];
      const facets = selected.map((value) => ({ kind: "subject" as const, value }));
      const lists = await countFacets(shelf, { ids: [], complete: true }, facets);
      const shown = lists.find(({ kind }) => kind === "subject")!.values.map(({ value }) => value);
      const wanted = sorted.filter((value, at) => at < SHOWN || selected.includes(value));
      expect(shown).toEqual([...wanted, ...selected.filter((value) => !sorted.includes(value))]);
    }));
  });
});
