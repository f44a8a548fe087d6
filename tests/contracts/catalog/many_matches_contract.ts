import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { facet } from "@/domain/catalog/found_by.ts";
import { type BookSort, isDescending, sortValue } from "@/domain/catalog/sort_value.ts";
import { findBooks } from "@/application/catalog/search/listing/find_books.ts";
import { matchesOf } from "@/application/catalog/search/listing/match_books.ts";
import type { After, Match } from "@/application/catalog/ports.ts";
import { searchBooks } from "@/application/catalog/search/search_books.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { book } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

const MANY = 1_100;
/** Books that have one word in common; the newest are the least popular. */
const BOOKS = Array.from({ length: MANY }, (_, at) =>
  book(`b${String(at).padStart(4, "0")}`, {
    title: `Lighthouse ${at % 7 === 0 ? "Summer" : "Winter"} ${at}`,
    authors: [at % 2 === 0 ? "Ida Sample" : "Bo Sample"],
    subjects: at % 10 === 0 ? ["sea"] : [],
    year: 900 + at,
    popularity: MANY - at,
  }));

/** What every catalogue store promises where more books match than are ranked. */
export function manyMatchesContract(name: string, make: () => Promise<StoreUnderTest<WebStore>>): void {
  describe(`many matches: ${name}`, () => {
    let made: StoreUnderTest<WebStore>;
    before(async () => {
      made = await make();
      await made.store.uow.run(async ({ books }) => {
        for (const one of BOOKS) await books.save(one);
      });
    });
    after(() => made?.close());
    const find = (words: string, sort: BookSort | "relevance", more: { after?: After; limit?: number } = {}) =>
      findBooks(made.other, { words, facets: [], sort, limit: 3, ...more });
    const ids = ({ books }: { books: { id: string }[] }) => books.map(({ id }) => id);

    it("sorts all of them, and pages to the last one", async () => {
      for (const sort of ["newest", "oldest", "title", "popularity"] as const) {
        for (const words of ["lighthouse", "light", "lighthouse summer", "title:lighthouse -summer"]) {
          const wanted = BOOKS.filter(({ title }) =>
            words.includes("summer") ? title.includes("Summer") !== words.includes("-") : true
          );
          const sign = isDescending(sort) ? -1 : 1;
          const sorted = wanted.toSorted((a, b) => {
            const [one, other] = [sortValue(a, sort), sortValue(b, sort)];
            return one === other ? (a.id < b.id ? -1 : 1) : one < other ? -sign : sign;
          }).map(({ id }) => id);
          const first = await find(words, sort);
          expect([sort, words, ids(first)]).toEqual([sort, words, sorted.slice(0, 3)]);
          const second = await find(words, sort, { after: first.next!, limit: sorted.length });
          expect([sort, words, ids(second), second.next]).toEqual([sort, words, sorted.slice(3), undefined]);
        }
      }
    });

    it("counts them to 1,000, and says where there are more", async () => {
      expect((await find("lighthouse", "relevance")).total).toEqual({ count: 1_000, exact: false });
      expect((await find("lighthouse winter", "relevance")).total).toEqual({ count: 942, exact: true });
      expect((await find("lighthouse 17", "relevance")).total).toMatchObject({ exact: true });
      const { facets } = await findBooks(made.other, {
        words: "lighthouse",
        facets: [facet("subject", "sea")],
        limit: 1,
        withFacets: true,
      });
      expect(facets!.find(({ kind }) => kind === "author")!.values).toEqual([
        { value: "ida sample", label: "Ida Sample", count: 110, exact: true, selected: false },
      ]);
      const all = await findBooks(made.other, { words: "sample", facets: [], limit: 1, withFacets: true });
      expect(all.facets!.find(({ kind }) => kind === "author")!.values.map(({ count, exact }) => [count, exact]))
        .toEqual([[550, true], [550, true]]);
    });

    it("looks at the most popular ones alone where each has to be looked at, and says that there may be more", async () => {
      const answer = await searchBooks(made.other.search, "sample -winter");
      const { ids, complete } = await matchesOf({ search: made.other.search, facets: [] }, answer)(300);
      const right = BOOKS.slice(0, 750).filter(({ title }) => title.includes("Summer")).map(({ id }) => id);
      expect([ids.toSorted(), complete]).toEqual([right, false]);
    });

    it("finds the most popular books of several words, common and rare ones", async () => {
      const few = Array.from({ length: 40 }, (_, at) => String(at * 25));
      for (const words of [["lighthouse", "summer", "winter", ...few], few, ["summer", ...few]]) {
        const wanted = BOOKS.filter(({ title }) => title.toLowerCase().split(" ").some((word) => words.includes(word)))
          .slice(0, 30).map(({ id }) => id);
        const found = await made.other.search.candidates({ groups: [words], facets: [], most: 30 });
        expect(found.map(({ id }) => id).sort()).toEqual(wanted);
      }
    });

    it("reads the books of several words page by page, each once and in order", async () => {
      const few = Array.from({ length: 40 }, (_, at) => String(at * 25));
      for (
        const [words, others, facets] of [
          [["lighthouse", "summer"], [], []],
          [["summer", ...few], [["lighthouse", "winter"]], []],
          [["summer", ...few], [["ida", "winter"]], [facet("subject", "sea")]],
        ] as const
      ) {
        const wanted = BOOKS.filter(({ title, authors, subjects }) => {
          const own = `${title} ${authors[0]}`.toLowerCase().split(" ");
          return [words, ...others].every((group) => group.some((word) => own.includes(word))) &&
            (facets.length === 0 || subjects.includes("sea"));
        });
        const found: string[] = [];
        let after: Match | undefined;
        while (true) {
          const page = await made.other.search.matches({
            groups: [[...words], ...others.map((group) => [...group])],
            facets: [...facets],
            most: 20,
            ...(after === undefined ? {} : { after }),
          });
          found.push(...page.map(({ id }) => id));
          after = page.at(-1);
          if (page.length < 20) break;
        }
        expect(wanted.length).toBeGreaterThan(20);
        expect(found).toEqual(wanted.map(({ id }) => id));
      }
    });

    it("finds the most popular books of a filter, and those of its titles that begin so", async () => {
      const facets = [facet("subject", "sea")];
      const sea = BOOKS.filter(({ subjects }) => subjects.includes("sea"));
      const found = await made.other.search.candidates({ groups: [], facets, most: 30 });
      expect(found.map(({ id }) => id).sort()).toEqual(sea.slice(0, 30).map(({ id }) => id));
      const titled = { start: "lighthouse winter 9", most: 5 };
      const begun = await made.other.search.candidates({ groups: [], titled, facets, most: 0 });
      const wanted = sea.filter(({ title }) => title.startsWith("Lighthouse Winter 9"))
        .sort((a, b) => (a.title < b.title ? -1 : 1)).slice(0, 5);
      expect(begun.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort());
    });

    it("knows the words of a book that was stored at the second attempt", async () => {
      const one = book("again", { title: "Zephyrine" });
      const refused = made.store.uow.run(async ({ books, search }) => {
        await books.save(one);
        // Asking flushes what was saved.
        await search.documents([one.id]);
        throw new Error("rolled back");
      });
      await expect(refused).rejects.toThrow("rolled back");
      await made.store.uow.run(({ books }) => books.save(one));
      expect(await made.other.search.wordsFrom("zephyrine", 2)).toEqual(["zephyrine"]);
      await made.store.uow.run(({ books }) => books.remove({ ...one, version: 1 }));
    });

    it("lists the first books of a sort, and no others where it may give up", async () => {
      for (const sort of ["newest", "oldest", "title", "popularity"] as const) {
        const query = { facets: [facet("subject", "sea")], groups: [["winter"]], sort, limit: 20 };
        const all = await made.other.shelf.list(query);
        for (const scanLimit of [MANY, 100]) {
          const some = await made.other.shelf.list({ ...query, scanLimit });
          if (scanLimit === MANY) expect([sort, some.length]).toEqual([sort, 20]);
          expect(ids({ books: some })).toEqual(ids({ books: all.slice(0, some.length) }));
        }
        // More than the places that are read at first.
        const more = { ...query, limit: 60 };
        const far = await made.other.shelf.list({ ...more, scanLimit: MANY });
        expect([far.length, ids({ books: far })]).toEqual([60, ids({ books: await made.other.shelf.list(more) })]);
        const next = { id: all[4]!.id, value: (await made.other.shelf.sortValues([all[4]!.id], sort))[0]!.value };
        const behind = await made.other.shelf.list({ ...query, after: next, limit: 10, scanLimit: MANY });
        expect(ids({ books: behind })).toEqual(ids({ books: all.slice(5, 15) }));
      }
    });

    it("looks at the most popular thousand books of a common word for those with one of many others", async () => {
      const others = Array.from({ length: 20 }, (_, at) => String(990 + at));
      const found = await made.other.search.candidates({ groups: [["lighthouse"], others], facets: [], most: 500 });
      expect(found.map(({ id }) => id).sort()).toEqual(Array.from({ length: 10 }, (_, at) => `b0${990 + at}`));
    });

    it("takes the most popular books of several words, each once", async () => {
      const first = BOOKS.filter((_, at) => at < 40 && at % 2 === 0).map(({ id }) => id);
      for (const words of [["winter", "summer"], ["lighthouse", "winter", "10"], BOOKS.map((_, at) => String(at))]) {
        const query = { groups: [words, ["lighthouse"]], facets: [facet("author", "ida sample")], most: 20 };
        const found = await made.other.search.candidates(query);
        expect(found.map(({ id }) => id).sort()).toEqual(first);
      }
    });

    it("goes on behind the same book when books were added between two pages", async () => {
      for (const sort of ["relevance", "newest", "popularity"] as const) {
        const whole = ids(await find("lighthouse summer", sort, { limit: 12 }));
        const first = await find("lighthouse summer", sort, { limit: 6 });
        const added = [1, 2, 3].map((at) =>
          book(`new${at}`, { title: "Lighthouse Summer", year: 2100, popularity: 90_000 + at })
        );
        await made.store.uow.run(async ({ books }) => {
          for (const one of added) await books.save(one);
        });
        const second = await find("lighthouse summer", sort, { limit: 6, after: first.next! });
        expect([sort, ids(second)]).toEqual([sort, whole.slice(6)]);
        await made.store.uow.run(async ({ books }) => {
          for (const one of added) await books.remove(one);
        });
      }
    });
  });
}
