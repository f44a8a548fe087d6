import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { MatchQuery } from "@/application/catalog/ports.ts";
import { matchesOf } from "@/application/catalog/search/match_books.ts";
import type { Reading } from "@/domain/catalog/search/score_book.ts";
import { readQuery } from "@/domain/catalog/search/search_query.ts";

/** A reading by words, a list of which may stand for each. */
const reading = (...terms: string[][]): Reading => ({
  terms: terms.map((words) => ({ tokens: new Map(words.map((word) => [word, 1])), weight: 1 })),
  quality: 1,
  any: false,
});

describe("matchesOf()", () => {
  it("does not read books that are among those of a reading before", async () => {
    const [wide, narrow] = [reading(["dune", "dunes"], ["sand"]), reading(["sand"], ["dune"], ["sea"])];
    for (
      const [readings, times] of [[[wide, narrow], 1], [[narrow, wide], 2], [[wide, reading(["dune"])], 2]] as const
    ) {
      const asked: MatchQuery[] = [];
      const search = {
        documents: () => Promise.resolve([]),
        matches(query: MatchQuery) {
          asked.push(query);
          return Promise.resolve([{ id: `m${asked.length}`, priority: 0 }]);
        },
      };
      const found = { ranked: [], editions: ["first"], relaxed: false, more: true, query: readQuery("dune") };
      const { ids, complete } = await matchesOf({ search, facets: [] }, { ...found, readings: [...readings] }, 10);
      expect([asked.length, ids.length, complete]).toEqual([times, 1 + times, true]);
    }
  });
});
