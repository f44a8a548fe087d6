import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { followPopularBooks } from "@/application/catalog/search/suggestions/popular_books.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { book } from "@/tests/support/samples.ts";
import { handClock } from "@/tests/support/suites/web_api.ts";

const titlesOf = (popular: ReturnType<ReturnType<typeof followPopularBooks>>) => popular?.books.map(({ id }) => id);

describe("followPopularBooks()", () => {
  it("is not there at first, then has the books of the store, the most popular first, and follows it", async () => {
    const [store, clock] = [createMemoryWebStore(), handClock()];
    const save = (id: string, popularity: number) => store.uow.run(({ books }) => books.save(book(id, { popularity })));
    for (let at = 0; at < 250; at++) await save(`b${at}`, at);
    const popular = followPopularBooks(store, clock);
    expect(popular()).toBe(undefined);
    await eventually(() => popular() !== undefined);
    expect(popular()!.complete).toBe(true);
    expect([popular()!.books.length, titlesOf(popular())![0], titlesOf(popular())!.at(-1)]).toEqual([
      250,
      "b249",
      "b0",
    ]);
    await save("new", 999);
    expect(popular()!.books.length).toBe(250);
    clock.pass(10_000);
    popular();
    await eventually(() => popular()!.books.length === 251);
    expect(titlesOf(popular())![0]).toBe("new");
  });

  it("shows nothing that is long out of date, and reads again after the store was away", async () => {
    const [store, clock] = [createMemoryWebStore(), handClock()];
    let isOut = false;
    const shelf = {
      ...store.shelf,
      list: (query: Parameters<typeof store.shelf.list>[0]) =>
        isOut ? Promise.reject(new Error("away")) : store.shelf.list(query),
    };
    const popular = followPopularBooks({ search: store.search, shelf }, clock);
    popular();
    await eventually(() => popular() !== undefined);
    isOut = true;
    clock.pass(15_000);
    expect(popular()).toBeDefined();
    clock.pass(10_000);
    expect(popular()).toBe(undefined);
    isOut = false;
    await eventually(() => popular() !== undefined);
  });
});
