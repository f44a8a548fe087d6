import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { facet } from "@/domain/catalog/found_by.ts";
import { sortValue } from "@/domain/catalog/sort_value.ts";
import { editionsFacet, withEditions, workFacet } from "@/application/catalog/books/editions.ts";
import { workOf } from "@/domain/catalog/work.ts";
import { findBooks } from "@/application/catalog/search/listing/find_books.ts";
import type { Match, MatchQuery } from "@/application/catalog/ports.ts";
import { followPopularBooks } from "@/application/catalog/search/suggestions/popular_books.ts";
import { suggestBooks } from "@/application/catalog/search/suggestions/suggest_books.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { BOOKS } from "@/tests/support/catalog/catalog_books.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { book } from "@/tests/support/samples.ts";
import { catalogQueries, saveBooks } from "./catalog_queries.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

const SERIES = book("lantern", {
  title: "A Lantern for Ada (Lantern Keepers, #2)",
  authors: ["Ida Sample"],
  subjects: [],
  popularity: 10,
});

/** What every catalogue store promises beside single books and searches: filters, totals, suggestions, editions. */
export function catalogListsContract(name: string, make: () => Promise<StoreUnderTest<WebStore>>): void {
  describe(`lists of the catalogue: ${name}`, () => {
    let made: StoreUnderTest<WebStore>;
    const { found, listed } = catalogQueries(() => made);

    before(async () => {
      made = await make();
      await saveBooks(made.store);
    });
    after(() => made?.close());

    it("reads all matches in pieces, by words, by filters, and all there are", async () => {
      const all = async (query: Pick<MatchQuery, "groups" | "facets">) => {
        const ids: string[] = [];
        let after: Match | undefined;
        while (true) {
          const some = await made.other.search.matches({
            ...query,
            most: 2,
            ...(after === undefined ? {} : { after }),
          });
          ids.push(...some.map(({ id }) => id));
          after = some.at(-1);
          if (some.length < 2) return ids.sort();
        }
      };
      const sixties = [facet("decade", "1960")];
      expect(await all({ groups: [], facets: [] })).toEqual(BOOKS.map(({ id }) => id).sort());
      expect(await all({ groups: [], facets: sixties })).toEqual(["catch", "dune", "messiah"]);
      expect(await all({ groups: [], facets: [...sixties, facet("subject", "war")] })).toEqual(["catch"]);
      expect(await all({ groups: [["dune"]], facets: [] })).toEqual(["dune", "messiah"]);
      expect(await all({ groups: [["dune", "messiah", "hugo"]], facets: [] })).toEqual([
        "dune",
        "messiah",
        "miserables",
      ]);
      expect(await all({ groups: [["dune", "catch"], ["frank", "joseph"]], facets: sixties })).toEqual([
        "catch",
        "dune",
        "messiah",
      ]);
      expect(await all({ groups: [["dune"], ["hugo"]], facets: [] })).toEqual([]);
      const listed = await made.other.shelf.list({ facets: [], sort: "oldest", limit: 9, groups: [["dune", "hugo"]] });
      expect(listed.map(({ id }) => id)).toEqual(["miserables", "dune", "messiah"]);
      const documents = await made.other.search.documents(["dune", "none", "snow"]);
      expect(documents.map(({ id }) => id).sort()).toEqual(["dune", "snow"]);
    });

    it("says what books are sorted by, as the domain does", async () => {
      for (const sort of ["popularity", "newest", "oldest", "title"] as const) {
        const values = await made.other.shelf.sortValues([...BOOKS.map(({ id }) => id), "none"], sort);
        const wanted = BOOKS.map((one) => ({ id: one.id, value: sortValue(one, sort) }));
        expect(values.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(wanted.sort((a, b) => (a.id < b.id ? -1 : 1)));
      }
    });

    it("counts the filters of books, and shows each as a book writes it", async () => {
      const { facets, total } = await findBooks(made.other, {
        words: undefined,
        facets: [],
        limit: 1,
        withFacets: true,
      });
      expect(total).toEqual({ count: BOOKS.length, exact: true });
      const values = Object.fromEntries(facets!.map(({ kind, values }) => [kind, values]));
      expect(values["language"]).toEqual([
        { value: "en", label: "en", count: 3, exact: true, selected: false },
        ...["el", "fr", "ja"].map((value) => ({ value, label: value, count: 1, exact: true, selected: false })),
      ]);
      expect(values["author"]![0]).toMatchObject({ value: "frank herbert", label: "Frank Herbert", count: 2 });
      expect(values["decade"]!.map(({ label, count }) => [label, count])).toEqual([
        ["1960s", 3],
        ["-700s", 1],
        ["1860s", 1],
        ["1930s", 1],
      ]);
      const narrowed = await findBooks(made.other, {
        words: "herbert",
        facets: [facet("decade", "1960"), facet("subject", "poetry")],
        limit: 9,
        withFacets: true,
      });
      const chosen = narrowed.facets!.flatMap(({ values }) => values.filter(({ selected }) => selected));
      expect(chosen).toEqual([
        { value: "poetry", label: "poetry", count: 0, exact: true, selected: true },
        { value: "1960", label: "1960s", count: 0, exact: true, selected: true },
      ]);
    });

    it("completes a text by titles, authors and series, also where it is mistyped", async () => {
      const completed = async (typed: string) =>
        (await suggestBooks(made.other, typed, 5)).map(({ kind, text }) => `${kind} ${text}`);
      await made.store.uow.run(({ books }) => books.save(SERIES));
      expect(await completed("du")).toEqual(["title Dune", "title Dune Messiah"]);
      const herbert = ["author Frank Herbert", "title Dune Messiah", "title Dune"];
      expect(await completed("frank her")).toEqual(herbert);
      expect(await completed("lantern")).toEqual(["series Lantern Keepers", "title A Lantern for Ada"]);
      expect(await completed("frnak herb")).toEqual(herbert);
      expect(await completed("herbert mess")).toEqual(["title Dune Messiah"]);
      expect(await completed("川端")).toEqual(["author 川端康成", "title 雪国"]);
      expect(await suggestBooks(made.other, "les mis", 5)).toEqual([
        { kind: "title", text: "Les Misérables", book: "miserables", author: "Victor Hugo" },
      ]);
      expect(await completed("the dune")).toEqual(["title Dune", "title Dune Messiah"]);
      expect(await completed("who wrote dune m")).toEqual(["title Dune Messiah"]);
      for (const typed of ["lantern keepers two", "lk 2"]) {
        expect(await completed(typed)).toEqual(["title A Lantern for Ada"]);
      }
      for (const nothing of ["", "  ", "zzzz", "9780441013594"]) expect(await completed(nothing)).toEqual([]);
      await made.store.uow.run(({ books }) => books.remove(SERIES));
    });

    it("completes the beginning of a first word by popular books, and a whole title by itself", async () => {
      const rare = book("rare", { title: "Quillon Tales", popularity: 3 });
      const loved = book("loved", { title: "Quillmaker and the Seven Winters", popularity: 90_000 });
      const first = async (typed: string) => (await suggestBooks(made.other, typed, 5)).map(({ text }) => text)[0];
      await made.store.uow.run(async ({ books }) => {
        for (const one of [rare, loved]) await books.save(one);
      });
      expect([await first("quil"), await first("quillon"), await first("quillon tales")]).toEqual([
        loved.title,
        rare.title,
        rare.title,
      ]);
      await made.store.uow.run(async ({ books }) => {
        for (const one of [rare, loved]) await books.remove(one);
      });
    });

    it("completes a text from the popular books in memory as from the store", async () => {
      await made.store.uow.run(({ books }) => books.save(SERIES));
      const [popular, empty] = [followPopularBooks(made.other, systemClock), createMemoryWebStore()];
      await eventually(() => popular() !== undefined);
      expect(popular()!.complete).toBe(true);
      for (
        const typed of [
          "d",
          "du",
          "frank her",
          "lantern",
          "herbert mess",
          "川端",
          "les mis",
          "l",
          "a",
          "dune mess",
          "the dune",
          "novel dun",
          "who wrote dune",
          "lantern keepers two",
        ]
      ) {
        const fromStore = await suggestBooks(made.other, typed, 5);
        expect([typed, await suggestBooks({ ...empty, popular }, typed, 5)]).toEqual([typed, fromStore]);
      }
      await made.store.uow.run(({ books }) => books.remove(SERIES));
    });

    it("counts the editions of works, lists them by work, and finds the best one of each", async () => {
      const titles = [
        "Quartz Harbour",
        "Quartz Harbour: A Novel",
        "QUARTZ HARBOUR (Harbours, #3)",
        "Quartz Harbour Songs",
      ];
      const editions = titles.map((title, at) =>
        book(`q${at}`, { title, authors: ["Ida Sample"], language: at === 1 ? "fr" : "en", popularity: at })
      );
      await made.store.uow.run(async ({ books }) => {
        for (const one of editions) await books.save(one);
      });
      const [work, songs] = [workOf(editions[0]!), workOf(editions[3]!)];
      expect(await made.other.shelf.editions([work, songs, work, "none"])).toEqual([3, 1, 3, 0]);
      expect(await made.other.shelf.editions([])).toEqual([]);
      expect((await listed("popularity", [facet("work", work)])).sort()).toEqual(["q0", "q1", "q2"]);
      expect(await found("quartz harbour")).toEqual(["q2", "q3"]);
      expect(await found("quartz harbour", [facet("language", "fr")])).toEqual(["q1"]);
      expect((await found("quartz", [facet("work", work)])).sort()).toEqual(["q0", "q1", "q2"]);
      await made.store.uow.run(({ books }) => books.save({ ...editions[1]!, title: "Basalt", version: 2 }));
      expect(await made.other.shelf.editions([work])).toEqual([2]);
      await made.store.uow.run(async ({ books }) => {
        for (const { id } of editions) await books.remove((await books.get(id))!);
      });
      expect(await made.other.shelf.editions([work])).toEqual([0]);
    });

    it("tells editions by any author that two books share, and by the source's id where both have one", async () => {
      const edition = (id: string, authors: string[], popularity: number, work_id?: string) =>
        book(id, { title: "Basalt Omens", authors, popularity, ...(work_id === undefined ? {} : { work_id }) });
      const editions = [
        edition("both", ["Ida Sample", "Per Lund"], 9_000),
        edition("turned", ["Lund, Per", "Sample, Ida"], 800),
        edition("first", ["Ida Sample"], 70),
        edition("second", ["Per Lund"], 6),
        edition("other", ["Ann Olin"], 500),
        edition("source", ["Per Lund"], 40, "W1"),
        edition("foreign", ["Per Lund"], 3, "W2"),
        book("translated", { title: "Sten", authors: ["Nobody"], popularity: 2, work_id: "W1" }),
      ];
      await made.store.uow.run(async ({ books }) => {
        for (const one of editions) await books.save(one);
      });
      const wanted: Record<string, string[]> = {
        both: ["both", "first", "foreign", "second", "source", "turned"],
        first: ["both", "first", "turned"],
        second: ["both", "foreign", "second", "source", "turned"],
        other: ["other"],
        source: ["both", "second", "source", "translated", "turned"],
        translated: ["source", "translated"],
      };
      const byId = new Map(editions.map((one) => [one.id, one]));
      for (const [id, ids] of Object.entries(wanted)) {
        const filter = editionsFacet(byId.get(id)!);
        expect([id, (await listed("popularity", [filter])).sort()]).toEqual([id, ids]);
        const [counted] = await withEditions(made.other.shelf, [byId.get(id)!]);
        expect([id, counted!.editions]).toEqual([id, ids.length]);
        expect([id, (await found("basalt", [filter])).sort()]).toEqual([
          id,
          ids.filter((one) => one !== "translated"),
        ]);
      }
      // What is folded into a book is in its list, and a book that is shown is in no list of one before it.
      expect(await found("basalt omens")).toEqual(["both", "other"]);
      expect(await found("basalt omens sample")).toEqual(["both"]);
      expect((await listed("popularity", [await workFacet(made.other.shelf, workOf(byId.get("turned")!))])).sort())
        .toEqual(wanted.second!.concat("first").sort());
      await made.store.uow.run(async ({ books }) => {
        for (const { id } of editions) await books.remove((await books.get(id))!);
      });
    });
  });
}
