import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { KnownBook, RecommendationStore, RecommendationVersion } from "@/application/recommendation/ports.ts";
import { known } from "./recommendation_samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

/** What a recommendation store promises of books, their neighbours and how popular they are. */
export function knownBookRules(made: () => StoreUnderTest<RecommendationStore>): void {
  const run: RecommendationVersion["uow"]["run"] = (work) => made().store.at(1).uow.run(work);

  it("knows the latest version of a book by its features, the most popular first; a removed one is nowhere", async () => {
    await run(({ books }) =>
      books.put([
        known("k1", { authors: ["Le Guin"], popularity: 5, subjects: ["sf", "space"], year: 1969, language: "en" }),
        known("k2", { authors: ["Le Guin"], popularity: 9 }),
        known("k3", { authors: ["Le Guin"], popularity: 9 }),
      ])
    );
    expect((await made().store.at(1).books.withFeatures(["author:le guin"], 10)).get("author:le guin")).toEqual([
      "k2",
      "k3",
      "k1",
    ]);
    expect((await made().store.at(1).books.withFeatures(["author:le guin"], 1)).get("author:le guin")).toEqual(["k2"]);
    await run(({ books }) =>
      books.put([
        known("k2", { authors: ["Other"], popularity: 9, version: 2 }),
        known("k1", { title: "late", version: 0 }),
      ])
    );
    await run(({ books }) => books.put([known("k3", { version: 2, removed: true })]));
    expect((await made().other.at(1).books.withFeatures(["author:le guin"], 10)).get("author:le guin")).toEqual(["k1"]);
    const { version: _version, removed: _removed, ...facts } = known("k1", {
      authors: ["Le Guin"],
      popularity: 5,
      subjects: ["sf", "space"],
      year: 1969,
      language: "en",
    });
    expect(await made().store.at(1).books.facts(["k1", "k3", "none"])).toEqual([facts]);
  });

  it("knows the works of books, which removed ones keep; the same version fills one in where it is missing", async () => {
    const { uow, books } = made().store.at(3);
    const put = (...added: KnownBook[]) => uow.run((stores) => stores.books.put(added));
    await put(
      known("w1", { work: "w", series: "S" }),
      known("w2", { work: "w" }),
      known("w3"),
      known("w4", { work: "v" }),
    );
    await put(known("w2", { version: 2, removed: true }));
    await put(known("w3", { work: "u", series: "Late" }), known("w4", { work: "late" }), known("w1"));
    const works = await made().other.at(3).books.works(["w1", "w2", "w3", "w4", "none"]);
    expect(works.map(({ book, work }) => `${book} ${work}`).sort()).toEqual(["w1 w", "w2 w", "w3 u", "w4 v"]);
    const facts = await books.facts(["w1", "w3"]);
    expect(facts.map(({ id, series, work }) => [id, series, work]).sort()).toEqual([["w1", "S", "w"], [
      "w3",
      "Late",
      "u",
    ]]);
    expect((await books.withFeatures(["series:late"], 9)).get("series:late")).toEqual(["w3"]);
    expect(await books.works([])).toEqual([]);
  });

  it("keeps packed neighbour lists, and orders popular books by readers, then popularity, then id", async () => {
    await run(({ books }) =>
      books.put([
        known("n1", { popularity: 900 }),
        known("n2"),
        known("n3", { popularity: 7 }),
        known("n4", { popularity: 7 }),
      ])
    );
    const list = {
      book: "n2",
      readers: 3,
      neighbours: [{ book: "n1", similarity: 0.5 }, { book: "n3", similarity: 0.25 }],
    };
    await run(({ lists }) => lists.put([list, { book: "n5", readers: 8, neighbours: [] }]));
    await run(({ lists }) => lists.put([{ ...list, readers: 4 }]));
    await run(({ books }) => books.put([known("n5")]));
    expect(await made().other.at(1).books.neighbours(["n2", "none"])).toEqual([{ ...list, readers: 4 }]);
    const popular = await made().store.at(1).books.popular(100);
    expect(popular.slice(0, 3)).toEqual([{ book: "n5", readers: 8 }, { book: "n2", readers: 4 }, {
      book: "n1",
      readers: 0,
    }]);
    const ids = popular.map(({ book }) => book);
    expect(ids.indexOf("n3")).toBe(ids.indexOf("n4") - 1);
  });

  it("orders popular books by the exact number of their readers, however it has changed, and by popularity", async () => {
    const { uow, books } = made().store.at(6);
    const ids = Array.from({ length: 40 }, (_, at) => `p${at + 10}`);
    await uow.run((stores) =>
      stores.books.put(ids.map((id, at) => known(id, { popularity: at * 7 % 11, removed: at === 39 })))
    );
    const readers = new Map<string, number>();
    for (let round = 0; round < 60; round++) {
      const lists = ids.map((book, at) => ({ book, readers: Math.max(0, round + (at * round * 31) % 23 - 11) }));
      await uow.run((stores) => stores.lists.put(lists.map((list) => ({ ...list, neighbours: [] }))));
      for (const list of lists) readers.set(list.book, list.readers);
      if (round % 6 > 0) continue;
      const wanted = ids.slice(0, 39).map((book, at) => ({
        book,
        readers: readers.get(book)!,
        popularity: at * 7 % 11,
      }))
        .sort((a, b) => b.readers - a.readers || b.popularity - a.popularity || (a.book < b.book ? -1 : 1))
        .map(({ book, readers }) => ({ book, readers }));
      for (const limit of [1, 5, 20, 39, 100]) expect(await books.popular(limit)).toEqual(wanted.slice(0, limit));
    }
  });
}
