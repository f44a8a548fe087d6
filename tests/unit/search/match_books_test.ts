import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { MatchQuery } from "@/application/catalog/ports.ts";
import { matchesOf, matchesOfFacets } from "@/application/catalog/search/listing/match_books.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import { readQuery } from "@/domain/catalog/search/query/search_query.ts";

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
      const { ids, complete } = await matchesOf({ search, facets: [] }, { ...found, readings: [...readings] })(10);
      expect([asked.length, ids.length, complete]).toEqual([times, 1 + times, true]);
    }
  });

  it("goes on where an earlier call has stopped", async () => {
    const all = Array.from({ length: 700 }, (_, at) => ({ id: `b${at}`, priority: at }));
    const starts: number[] = [];
    const search = {
      documents: () => Promise.resolve([]),
      matches({ after, most }: MatchQuery) {
        const from = after === undefined ? 0 : after.priority + 1;
        starts.push(from);
        return Promise.resolve(all.slice(from, from + most));
      },
    };
    const found = { ranked: [], editions: [], relaxed: false, more: true, query: readQuery("dune") };
    for (
      const findMatches of [
        matchesOf({ search, facets: [] }, { ...found, readings: [reading(["dune"])] }),
        matchesOfFacets({ search, facets: [] }),
      ]
    ) {
      starts.length = 0;
      const lengths: [number, boolean][] = [];
      for (const most of [100, 300, 100, 1_000]) {
        const { ids, complete } = await findMatches(most);
        lengths.push([ids.length, complete]);
      }
      expect(lengths).toEqual([[250, false], [500, false], [250, false], [700, true]]);
      expect(starts).toEqual([0, 250, 500]);
    }
  });
});
