import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds } from "@/adapters/system/ids.ts";
import { facet } from "@/domain/catalog/found_by.ts";
import { sortValue } from "@/domain/catalog/sort_value.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { catalogProcessor } from "@/application/catalog/processor.ts";
import { searchBooks } from "@/application/catalog/search/search_books.ts";
import { keepAnswers } from "@/adapters/http/api/catalog/book_answers.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { BOOKS } from "@/tests/support/catalog/catalog_books.ts";
import { book } from "@/tests/support/samples.ts";
import { catalogQueries, saveBooks } from "./catalog_queries.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

/** What every catalogue store promises: books, lists and search. */
export function catalogContract(name: string, make: () => Promise<StoreUnderTest<WebStore>>): void {
  describe(`catalogue: ${name}`, () => {
    let made: StoreUnderTest<WebStore>;
    const { found, listed } = catalogQueries(() => made);

    before(async () => {
      made = await make();
      await saveBooks(made.store);
    });
    after(() => made?.close());

    it("gives a book back as it was saved, inside and outside of transactions", async () => {
      for (const one of BOOKS) {
        expect(await made.other.shelf.get(one.id)).toEqual(one);
        expect(await made.store.uow.run(({ books }) => books.get(one.id))).toEqual(one);
      }
      expect(await made.store.shelf.get("none")).toBeUndefined();
      expect(await made.store.shelf.count()).toBe(BOOKS.length);
    });

    it("finds the book that has an ISBN", async () => {
      expect(await made.store.uow.run(({ books }) => books.withIsbn("9780441013593"))).toBe("dune");
      expect(await made.store.uow.run(({ books }) => books.withIsbn("9780000000002"))).toBeUndefined();
    });

    it("lets one of two have an ISBN that both are given at once, and tells the other whose it is", async () => {
      const isbn13 = "9780140449136";
      const add = (store: WebStore, id: string) =>
        catalogProcessor({ uow: store.uow, clock: systemClock, ids: systemIds }).handle([{
          id: systemIds.fresh(),
          source: "/test",
          type: CATALOG.addBook,
          data: { id, title: `Race of ${id}`, isbn13 },
        }]);
      const ended = await Promise.all([add(made.store, "first"), add(made.other, "second")]);
      const [done, refused] = ended.flat().toSorted((a, b) => a.kind < b.kind ? -1 : 1);
      expect([done?.kind, refused?.kind]).toEqual(["done", "rejected"]);
      const owner = await made.store.uow.run(({ books }) => books.withIsbn(isbn13));
      expect(refused).toMatchObject({ rejection: { code: "isbn-taken", book: owner } });
      await made.store.uow.run(async ({ books }) => books.remove((await books.get(owner!))!));
    });

    it("gives books by ids in the order of the ids, without the unknown ones and repeats", async () => {
      expect((await made.store.shelf.byIds(["snow", "none", "dune", "snow"])).map(({ id }) => id)).toEqual([
        "snow",
        "dune",
      ]);
    });

    it("lists by every sort, ties by id, books without a year last", async () => {
      expect(await listed("popularity")).toEqual([
        "messiah",
        "dune",
        "catch",
        "miserables",
        "odyssey",
        "snow",
        "heroes",
      ]);
      expect(await listed("newest")).toEqual(["messiah", "dune", "catch", "snow", "miserables", "odyssey", "heroes"]);
      expect(await listed("oldest")).toEqual(["odyssey", "miserables", "snow", "catch", "dune", "messiah", "heroes"]);
      expect((await listed("title")).slice(0, 4)).toEqual(["catch", "dune", "messiah", "heroes"]);
    });

    it("pages through every sort without a gap or a repeat", async () => {
      for (const sort of ["popularity", "newest", "oldest", "title"] as const) {
        const pages: string[] = [];
        for (let last = undefined as { value: string | number; id: string } | undefined;;) {
          const page = await made.store.shelf.list({
            facets: [],
            sort,
            limit: 2,
            ...(last === undefined ? {} : { after: last }),
          });
          pages.push(...page.map(({ id }) => id));
          const end = page.at(-1);
          if (end === undefined) break;
          last = { value: sortValue(end, sort), id: end.id };
        }
        expect(pages).toEqual(await listed(sort));
      }
    });

    it("filters by author, subject, language and decade, all of them together", async () => {
      expect(await listed("popularity", [facet("author", "frank HERBERT")])).toEqual(["messiah", "dune"]);
      expect(await listed("popularity", [facet("subject", "Classic")])).toEqual(["miserables", "snow"]);
      expect(await listed("popularity", [facet("language", "el")])).toEqual(["odyssey"]);
      expect(await listed("popularity", [facet("decade", "1960")])).toEqual(["messiah", "dune", "catch"]);
      expect(await listed("popularity", [facet("decade", "1960"), facet("subject", "war")])).toEqual(["catch"]);
      expect(await found("dune", [facet("decade", "1960")])).toEqual(["dune", "messiah"]);
      expect(await found("dune", [facet("language", "fr")])).toEqual([]);
    });

    it("puts the exact title first, before a more popular book", async () => {
      expect(await found("dune")).toEqual(["dune", "messiah"]);
    });

    it("finds by title, author and subject, without regard to case, accents, apostrophes and hyphens", async () => {
      expect(await found("les miserables")).toEqual(["miserables"]);
      expect(await found("HUGO")).toEqual(["miserables"]);
      expect(await found("heroes feast")).toEqual(["heroes"]);
      expect(await found("heroes’ feast")).toEqual(["heroes"]);
      expect(await found("catch 22")).toEqual(["catch"]);
      expect(await found("catch22")).toEqual(["catch"]);
      expect(await found("science fiction herbert")).toEqual(["messiah", "dune"]);
      expect(await found("οδυσσεια")).toEqual(["odyssey"]);
      expect(await found("雪国")).toEqual(["snow"]);
      expect(await found("康成")).toEqual(["snow"]);
    });

    it("takes the last word as the start of a word, and only the last", async () => {
      expect(await found("dune mes")).toEqual(["messiah"]);
      expect(await found("mess")).toEqual(["messiah"]);
      const other = await searchBooks(made.other.search, "fr messiah");
      expect([other.relaxed, other.ranked.map(({ id }) => id)]).toEqual([true, ["messiah"]]);
    });

    it("finds words with slips, joined and split words, and says what was probably meant", async () => {
      const answer = (query: string) => searchBooks(made.other.search, query);
      for (const query of ["les miserbales", "hugo miserabels", "misérable hugo", "lesmiserables", "les miser ables"]) {
        expect([query, (await answer(query)).ranked.map(({ id }) => id)]).toEqual([query, ["miserables"]]);
      }
      expect(await answer("messaih")).toMatchObject({
        ranked: [{ id: "messiah" }],
        suggestion: "messiah",
        relaxed: false,
      });
      expect((await answer("dune mesiha")).ranked[0]!.id).toBe("messiah");
      expect((await answer("frank hebert")).ranked.map(({ id }) => id)).toEqual(["messiah", "dune"]);
      expect((await answer("herbret dun")).ranked.map(({ id }) => id)).toEqual(["dune", "messiah"]);
      expect((await answer("9780441013594")).ranked).toEqual([]);
    });

    it("gives books that have the telling words where none has all, and says so", async () => {
      const answer = await searchBooks(made.other.search, "the book heroes' feast by quetzalcoatl");
      expect([answer.relaxed, answer.ranked.map(({ id }) => id)]).toEqual([true, ["heroes"]]);
      expect((await searchBooks(made.other.search, "heroes feast")).relaxed).toBe(false);
    });

    it("reads operators: fields, phrases, minus; and takes others for words", async () => {
      expect(await found("author:herbert messiah")).toEqual(["messiah"]);
      expect(await found("title:herbert")).toEqual([]);
      expect(await found('"frank herbert" -messiah')).toEqual(["dune"]);
      expect(await found("subject:classic")).toEqual(["miserables", "snow"]);
      expect(await found("isbn:0441013597")).toEqual(["dune"]);
      expect((await found("shelf:dune"))[0]).toBe("dune");
    });

    it("finds a word with a slip right after its book was saved, and no more when it was removed", async () => {
      const late = book("late", { title: "Zanzibar Railway", authors: ["Q. Late"] });
      await made.store.uow.run(({ books }) => books.save(late));
      expect(await found("zanzibra")).toEqual(["late"]);
      await made.store.uow.run(({ books }) => books.remove(late));
      expect(await found("zanzibra")).toEqual([]);
    });

    it("finds by ISBN-13 and ISBN-10, with or without hyphens", async () => {
      expect(await found("978-0-441-01359-3")).toEqual(["dune"]);
      expect(await found("0441013597")).toEqual(["dune"]);
    });

    it("finds nothing for a query without a word, or with one that no book has", async () => {
      expect(await found("!!! ???")).toEqual([]);
      expect(await found("%")).toEqual([]);
      expect(await found("' OR 1=1 --")).toEqual([]);
    });

    it("cuts candidates to the most popular, and always has books whose title begins so", async () => {
      const query = { groups: [["dune"]], facets: [], most: 1 };
      const ids = (documents: { id: string }[]) => documents.map(({ id }) => id).sort();
      expect(ids(await made.store.search.candidates(query))).toEqual(["messiah"]);
      expect(ids(await made.store.search.candidates({ ...query, titled: { start: "dune", most: 5 } }))).toEqual([
        "dune",
        "messiah",
      ]);
    });

    it("finds candidates whose documents are at hand like others", async () => {
      const query = { groups: [["dune"]], facets: [], most: 5 };
      const found = await made.store.search.candidates(query);
      const known = new Map(found.slice(1).map((one) => [one.id, one]));
      known.set("other", { ...found[0]!, id: "other" });
      const again = await made.store.search.candidates({ ...query, known });
      const sorted = (documents: { id: string }[]) => documents.toSorted((a, b) => a.id < b.id ? -1 : 1);
      expect(found.length).toBe(2);
      expect(sorted(again)).toEqual(sorted(found));
    });

    it("forgets the old words and filters of a changed book, and all of a removed one", async () => {
      const passing = book("passing", {
        title: "Xylophone Basics",
        authors: ["Z. Old"],
        subjects: ["music"],
        isbn13: "9780306406157",
      });
      const run = (work: (books: Parameters<Parameters<WebStore["uow"]["run"]>[0]>[0]["books"]) => Promise<void>) =>
        made.store.uow.run(({ books }) => work(books));
      await run((books) => books.save(passing));
      expect(await found("xylophone")).toEqual(["passing"]);
      const { isbn13: _isbn, ...rest } = passing;
      expect(await made.other.shelf.versionOf("passing")).toBe(1);
      await run((books) => books.save({ ...rest, title: "Marimba Basics", authors: ["Z. New"], version: 2 }));
      expect(await made.other.shelf.versionOf("passing")).toBe(2);
      expect(await found("xylophone")).toEqual([]);
      expect(await found("marimba")).toEqual(["passing"]);
      expect(await listed("title", [facet("author", "Z. Old")])).toEqual([]);
      expect(await made.store.uow.run(({ books }) => books.withIsbn("9780306406157"))).toBeUndefined();
      await run((books) => books.remove({ ...rest, version: 2 }));
      expect(await found("marimba")).toEqual([]);
      expect(await made.store.shelf.get("passing")).toBeUndefined();
      expect(await made.store.shelf.versionOf("passing")).toBeUndefined();
      expect(await listed("title", [facet("subject", "music")])).toEqual([]);
    });

    it("lets a change count in the very next answer with a kept book, from every handle", async () => {
      const answers = [made.store, made.other].map(({ shelf }) => keepAnswers(shelf));
      const versions = () => Promise.all(answers.map(async (answerFor) => (await answerFor("kept"))?.version));
      for (const [at, store] of [made.store, made.other, made.other, made.store].entries()) {
        await store.uow.run(({ books }) => books.save(book("kept", { version: at + 1 })));
        expect(await versions()).toEqual([at + 1, at + 1]);
        expect(await versions()).toEqual([at + 1, at + 1]);
      }
      await made.other.uow.run(({ books }) => books.remove(book("kept", { version: 4 })));
      expect(await versions()).toEqual([undefined, undefined]);
    });

    it("keeps the version in which a book of an id was removed, from every handle and within the transaction", async () => {
      const at = (store: WebStore, id: string) => store.uow.run(({ books }) => books.removedAt(id));
      expect(await at(made.store, "again")).toBe(0);
      const first = book("again", { version: 4 });
      const within = await made.store.uow.run(async ({ books }) => {
        await books.save(first);
        await books.remove(first);
        return await books.removedAt("again");
      });
      expect([within, await at(made.other, "again"), await at(made.other, "never")]).toEqual([5, 5, 0]);
      await made.store.uow.run(async ({ books }) => {
        await books.save({ ...first, version: 6 });
        await books.remove({ ...first, version: 6 });
      });
      expect(await at(made.other, "again")).toBe(7);
    });
  });
}
