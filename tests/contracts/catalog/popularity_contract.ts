import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { findBooks } from "@/application/catalog/search/listing/find_books.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { book } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

/** What every store of the web service promises of the popularity that acts give to books. */
export function popularityContract(name: string, make: () => Promise<StoreUnderTest<WebStore>>): void {
  describe(`popularity by acts: ${name}`, () => {
    let made: StoreUnderTest<WebStore>;
    beforeEach(async () => {
      made = await make();
      await made.store.uow.run(async ({ books }) => {
        for (const [id, popularity] of [["a", 10], ["b", 10], ["c", 2 ** 53 - 1]] as const) {
          await books.save(book(id, { title: "Same Title", work_id: id, popularity }));
        }
      });
    });
    afterEach(() => made?.close());
    const add = (...acts: [book: string, points: number][]) =>
      made.store.uow.run(async ({ popularity }) => {
        for (const [book, points] of acts) await popularity.add(book, points);
      });
    const values = async () =>
      Object.fromEntries(
        (await made.other.shelf.sortValues(["a", "b", "c"], "popularity")).map(({ id, value }) => [id, value]),
      );

    it("adds up each act once, from every handle and in steps, and never below nothing", async () => {
      await add(["b", 3], ["b", 4]);
      await add(["a", -5], ["none", 9]);
      expect(await values()).toEqual({ a: 10, b: 10, c: 2 ** 53 - 1 });
      const folded = await Promise.all([made.store.popularity.fold(2), made.other.popularity.fold(2)]);
      for (let more = true; more;) more = await made.store.popularity.fold(2) > 0;
      expect(folded.every((rows) => rows <= 2)).toBe(true);
      expect(await values()).toEqual({ a: 10, b: 17, c: 2 ** 53 - 1 });
      expect(await made.other.popularity.fold(9)).toBe(0);
      await add(["b", -100], ["c", 5]);
      await made.other.popularity.fold(9);
      expect(await values()).toEqual({ a: 10, b: 10, c: 2 ** 53 - 1 });
    });

    it("keeps nothing of a transaction that rejects", async () => {
      const failing = made.store.uow.run(async ({ popularity }) => {
        await popularity.add("a", 5);
        throw new Error("stop");
      });
      await expect(failing).rejects.toThrow("stop");
      expect(await made.store.popularity.fold(9)).toBe(0);
    });

    it("sorts and ranks by it, leaves the version alone, and keeps it when the book is changed, not when it is removed", async () => {
      const ids = async (sort: "popularity" | "relevance", words?: string) =>
        (await findBooks(made.other, { words, facets: [], sort, limit: 9 })).books.map(({ id }) => id);
      expect(await ids("popularity")).toEqual(["c", "a", "b"]);
      await add(["b", 5]);
      await made.store.popularity.fold(9);
      expect(await ids("popularity")).toEqual(["c", "b", "a"]);
      expect(await ids("relevance", "same title")).toEqual(["c", "b", "a"]);
      const { ranked } = (await findBooks(made.other, { words: "same title", facets: [], limit: 1 })).answer!;
      expect(ranked.map(({ why }) => why.acts > 0)).toEqual([false, true, false]);
      const kept = (await made.other.shelf.get("b"))!;
      expect([kept.version, kept.popularity]).toEqual([1, 10]);
      await made.store.uow.run(({ books }) => books.save({ ...kept, popularity: 20, version: 2 }));
      expect(await values()).toMatchObject({ b: 25 });
      await made.store.uow.run(({ books }) => books.remove({ ...kept, version: 2 }));
      await made.store.uow.run(({ books }) => books.save({ ...kept, version: 4 }));
      expect(await values()).toMatchObject({ b: 10 });
    });
  });
}
