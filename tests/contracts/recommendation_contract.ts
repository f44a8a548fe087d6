import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Interaction, ReaderSearch } from "@/domain/recommendation/interaction.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import type { KnownBook, RecommendationStore, RecommendationVersion } from "@/application/recommendation/ports.ts";
import type { StoreUnderTest } from "./messaging_contract.ts";

const row = (reader: string, book: string, fields: Partial<Interaction> = {}): Interaction => ({
  reader,
  book,
  kind: "viewed",
  stars: 0,
  time: 10,
  ...fields,
});
const known = (id: string, fields: Partial<KnownBook> = {}): KnownBook => ({
  id,
  title: `Title ${id}`,
  authors: ["A"],
  subjects: ["s"],
  popularity: 0,
  version: 1,
  removed: false,
  ...fields,
});
const byKey = (rows: Interaction[]) => rows.map(({ reader, book, kind }) => `${reader} ${book} ${kind}`).sort();

/** What every recommendation store promises. */
export function recommendationContract(name: string, make: () => Promise<StoreUnderTest<RecommendationStore>>): void {
  describe(`recommendation store: ${name}`, () => {
    let made: StoreUnderTest<RecommendationStore>;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());
    const run: RecommendationVersion["uow"]["run"] = (work) => made.store.at(1).uow.run(work);

    it("keeps one row per reader, book and act, the latest; says whose rows changed", async () => {
      expect(
        await run(({ interactions }) =>
          interactions.put([row("a1", "b1"), row("a2", "b1"), row("a1", "b2", { kind: "rated", stars: 4 })])
        ),
      ).toEqual(["a1", "a2"]);
      expect(
        await run(({ interactions }) =>
          interactions.put([row("a1", "b1", { time: 10 }), row("a2", "b1", { time: 5 })])
        ),
      ).toEqual([]);
      expect(
        await run(({ interactions }) => interactions.put([row("a1", "b2", { kind: "rated", stars: 5, time: 20 })])),
      ).toEqual(["a1"]);
      const rows = await made.other.at(1).readers.interactions(["a1"]);
      expect(rows.find(({ kind }) => kind === "rated")).toEqual(row("a1", "b2", { kind: "rated", stars: 5, time: 20 }));
      expect(byKey(rows)).toEqual(["a1 b1 viewed", "a1 b2 rated"]);
    });

    it("pages through every reader's rows in the order of readers, none cut in two", async () => {
      await run(({ interactions }) =>
        interactions.put(["p1", "p2", "p3"].flatMap((reader) => ["x", "y", "z"].map((book) => row(reader, book))))
      );
      const first = await made.store.at(1).readers.page("p", 4);
      expect(byKey(first)).toEqual(
        byKey(["p1", "p2"].flatMap((reader) => ["x", "y", "z"].map((book) => row(reader, book)))),
      );
      const second = await made.store.at(1).readers.page(first.at(-1)!.reader, 4);
      expect([...new Set(second.map(({ reader }) => reader))]).toEqual(["p3"]);
      expect(await made.store.at(1).readers.page("p3", 4)).toEqual([]);
    });

    it("gives the rows of several readers at once, and of no other", async () => {
      await run(({ interactions }) => interactions.put(["q1", "q2", "q3"].map((reader) => row(reader, "x"))));
      const rows = await made.other.at(1).readers.interactions(["q3", "q1", "nobody"]);
      expect(byKey(rows)).toEqual(["q1 x viewed", "q3 x viewed"]);
      expect(await made.store.at(1).readers.interactions([])).toEqual([]);
    });

    it("keeps a reader's searches by normal form, newest first", async () => {
      const search = (normal: string, time: number, query = normal) => ({
        reader: "s1",
        normal,
        query,
        books: ["b1"],
        time,
      });
      await run(({ interactions }) => interactions.putSearches([search("dune", 1), search("emma", 2)]));
      await run(({ interactions }) => interactions.putSearches([search("dune", 3, "DUNE"), search("emma", 1, "late")]));
      expect(await made.store.at(1).readers.searches("s1", 5)).toEqual([search("dune", 3, "DUNE"), search("emma", 2)]);
      expect((await made.store.at(1).readers.searches("s1", 1)).length).toBe(1);
    });

    it("a version has the settings that were put for it, or those of the last one before it that has some", async () => {
      const of = (version: number, store = made.other) => store.at(version).settings.read();
      expect(await of(40)).toBe(undefined);
      await made.store.at(41).settings.put(DEFAULT_SETTINGS, 5);
      await made.store.at(43).settings.put({ ...DEFAULT_SETTINGS, lately: 1 }, 6);
      await made.store.at(43).settings.put({ ...DEFAULT_SETTINGS, lately: 0.5 }, 7);
      const lately = await Promise.all([40, 41, 42, 43, 44].map(async (version) => (await of(version))?.lately));
      expect(lately).toEqual([undefined, 0.2, 0.2, 0.5, 0.5]);
      expect(await of(42)).toEqual(DEFAULT_SETTINGS);
    });

    it("removeReader() takes all by one reader and names the books of the rows", async () => {
      await run(async ({ interactions }) => {
        await interactions.put([
          row("gone", "b1"),
          row("gone", "b1", { kind: "read" }),
          row("gone", "b2"),
          row("stays", "b1"),
        ]);
        await interactions.putSearches([{ reader: "gone", normal: "q", query: "q", books: [], time: 1 }]);
      });
      expect((await run(({ interactions }) => interactions.removeReader("gone"))).sort()).toEqual(["b1", "b2"]);
      expect(await made.store.at(1).readers.interactions(["gone"])).toEqual([]);
      expect(await made.store.at(1).readers.searches("gone", 5)).toEqual([]);
      expect((await made.store.at(1).readers.interactions(["stays"])).length).toBe(1);
    });

    it("a mark that is set again after it was taken survives clear()", async () => {
      await run(({ changed }) =>
        changed.mark([{ kind: "reader", id: "m1" }, { kind: "reader", id: "m2" }, { kind: "book", id: "m1" }])
      );
      const taken = await made.store.at(1).marks.oldest(10);
      expect(taken.map(({ kind, id }) => `${kind} ${id}`)).toEqual(["reader m1", "reader m2", "book m1"]);
      await run(({ changed }) => changed.mark([{ kind: "reader", id: "m1" }]));
      await run(({ changed }) => changed.clear(taken));
      expect((await made.store.at(1).marks.oldest(10)).map(({ kind, id }) => `${kind} ${id}`)).toEqual([
        "reader m1",
      ]);
    });

    it("oldest() gives lists last, whenever they were marked", async () => {
      await run(({ changed }) =>
        changed.mark([{ kind: "list", id: "l1" }, { kind: "book", id: "l2" }, { kind: "list", id: "l0" }])
      );
      const taken = await made.store.at(1).marks.oldest(10);
      expect(taken.slice(-3).map(({ kind, id }) => `${kind} ${id}`)).toEqual(["book l2", "list l1", "list l0"]);
      await run(({ changed }) => changed.clear(taken));
    });

    it("knows the latest version of a book by its features, the most popular first; a removed one is nowhere", async () => {
      await run(({ books }) =>
        books.put([
          known("k1", { authors: ["Le Guin"], popularity: 5, subjects: ["sf", "space"], year: 1969, language: "en" }),
          known("k2", { authors: ["Le Guin"], popularity: 9 }),
          known("k3", { authors: ["Le Guin"], popularity: 9 }),
        ])
      );
      expect((await made.store.at(1).books.withFeatures(["author:le guin"], 10)).get("author:le guin")).toEqual([
        "k2",
        "k3",
        "k1",
      ]);
      expect((await made.store.at(1).books.withFeatures(["author:le guin"], 1)).get("author:le guin")).toEqual(["k2"]);
      await run(({ books }) =>
        books.put([
          known("k2", { authors: ["Other"], popularity: 9, version: 2 }),
          known("k1", { title: "late", version: 0 }),
        ])
      );
      await run(({ books }) => books.put([known("k3", { version: 2, removed: true })]));
      expect((await made.other.at(1).books.withFeatures(["author:le guin"], 10)).get("author:le guin")).toEqual(["k1"]);
      const { version: _version, removed: _removed, ...facts } = known("k1", {
        authors: ["Le Guin"],
        popularity: 5,
        subjects: ["sf", "space"],
        year: 1969,
        language: "en",
      });
      expect(await made.store.at(1).books.facts(["k1", "k3", "none"])).toEqual([facts]);
    });

    it("knows the works of books, which removed ones keep; the same version fills one in where it is missing", async () => {
      const { uow, books } = made.store.at(3);
      const put = (...added: KnownBook[]) => uow.run((stores) => stores.books.put(added));
      await put(
        known("w1", { work: "w", series: "S" }),
        known("w2", { work: "w" }),
        known("w3"),
        known("w4", { work: "v" }),
      );
      await put(known("w2", { version: 2, removed: true }));
      await put(known("w3", { work: "u", series: "Late" }), known("w4", { work: "late" }), known("w1"));
      const works = await made.other.at(3).books.works(["w1", "w2", "w3", "w4", "none"]);
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
      expect(await made.other.at(1).books.neighbours(["n2", "none"])).toEqual([{ ...list, readers: 4 }]);
      const popular = await made.store.at(1).books.popular(100);
      expect(popular.slice(0, 3)).toEqual([{ book: "n5", readers: 8 }, { book: "n2", readers: 4 }, {
        book: "n1",
        readers: 0,
      }]);
      const ids = popular.map(({ book }) => book);
      expect(ids.indexOf("n3")).toBe(ids.indexOf("n4") - 1);
    });

    it("gives what it holds in pages in the order of keys, each row once, up to a time", async () => {
      const { uow, history } = made.store.at(7);
      const rows = ["r1", "r2"].flatMap((reader) =>
        ["b1", "b2", "b3"].flatMap((book, at) => [
          row(reader, book, { kind: "read", time: at }),
          row(reader, book, { time: at + 10 }),
        ])
      );
      const searches = ["r1", "r2"].flatMap((reader) =>
        ["a", "b"].map((normal, time) => ({ reader, normal, query: normal, books: ["b1"], time }))
      );
      const books = [
        known("b1"),
        known("b2", { removed: true, version: 3 }),
        known("b3", { year: 1965, language: "en" }),
      ];
      await uow.run(async (stores) => {
        await stores.interactions.put(rows.toReversed());
        await stores.interactions.putSearches(searches.toReversed());
        await stores.books.put(books.toReversed());
      });
      const all = async <Row>(read: (after: Row | undefined, limit: number) => Promise<Row[]>) => {
        const found: Row[] = [];
        for (let page = await read(undefined, 2); page.length > 0; page = await read(found.at(-1), 2)) {
          expect(page.length).toBeLessThanOrEqual(2);
          found.push(...page);
        }
        return found;
      };
      expect(await all<Interaction>((after, limit) => history.interactions(100, after, limit))).toEqual(rows);
      expect(await all<Interaction>((after, limit) => history.interactions(2, after, limit))).toEqual(
        rows.filter(({ time }) => time < 2),
      );
      expect(await all<ReaderSearch>((after, limit) => history.searches(100, after, limit))).toEqual(searches);
      expect(await all<ReaderSearch>((after, limit) => history.searches(1, after, limit))).toEqual(
        searches.filter(({ time }) => time < 1),
      );
      expect(await all<KnownBook>((after, limit) => history.books(after, limit))).toEqual(books);
    });
  });
}
