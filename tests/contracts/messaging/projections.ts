import { raise } from "@/domain/trend/decay.ts";
import { HOUR } from "@/domain/hours.ts";
import type { RecommendationStore, RecommendationVersion } from "@/application/recommendation/ports.ts";
import type { TrendStore, TrendVersion } from "@/application/trend/ports.ts";
import { recommendationDump, trendDump, trendLists } from "@/tests/support/databases/dumps.ts";
import { T0, vote } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "./messaging_contract.ts";
import { versionsContract } from "./versions_contract.ts";

/** The contract of versions, for a trend store. */
export const trendVersions = (name: string, make: () => Promise<StoreUnderTest<TrendStore>>): void =>
  versionsContract<TrendVersion>(name, {
    consumer: "trend",
    make,
    fill: ({ uow }) =>
      uow.run(async ({ votes, counts, scores, shown }) => {
        await votes.addNew([vote("b1", "r1"), vote("b1", "r2"), vote("dune", "r1", { subject: "query" })]);
        const bucket = { subject: "book" as const, key: "b1", kind: "viewed" as const, start: T0 };
        await counts.add([{ ...bucket, count: 2, weight: 20 }]);
        await scores.put([{ subject: "book", key: "b1", score: raise(undefined, 20, T0) }]);
        await shown.putBooks([{ id: "b1", title: "T", authors: ["A"], version: 1, removed: false }]);
        await shown.putRemovals([{ id: "b1", version: 1, time: T0 - HOUR }]);
        await shown.putQueries([{ key: "dune", query: "Dune", books: ["b1"], time: T0 }]);
      }),
    show: async (version) => [await trendDump(version), await trendLists(version, T0 + 1)],
  });

/** The contract of versions, for a recommendation store. */
export const recommendationVersions = (name: string, make: () => Promise<StoreUnderTest<RecommendationStore>>): void =>
  versionsContract<RecommendationVersion>(name, {
    consumer: "recommendation",
    make,
    fill: ({ uow }) =>
      uow.run(async ({ interactions, books, changed, lists }) => {
        const book = { title: "T", authors: ["A"], subjects: ["s"], popularity: 3, version: 1, removed: false };
        await books.put([{ ...book, id: "b1", series: "S", work: "w" }, { ...book, id: "b2" }]);
        await interactions.put([{ reader: "r1", book: "b1", kind: "viewed", stars: 0, time: T0 }]);
        await interactions.putSearches([{ reader: "r1", normal: "q", query: "Q", books: ["b1"], time: T0 }]);
        await changed.mark([{ kind: "reader", id: "r1" }]);
        await lists.put([{ book: "b1", readers: 1, neighbours: [{ book: "b2", similarity: 0.5 }] }]);
      }),
    show: async (version) => [
      await recommendationDump(version),
      [...await version.books.withFeatures(["author:a"], 9)],
      (await version.marks.oldest(9)).map(({ kind, id }) => [kind, id]),
    ],
  });
