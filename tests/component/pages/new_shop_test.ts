import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { book } from "@/tests/support/samples.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";

describe("the first page of a shop without readers", () => {
  const shownOf = async (count: number) => {
    const store = createMemoryWebStore();
    const ids = Array.from({ length: count }, (_, at) => `book-${at}`);
    await store.uow.run(async ({ books }) => {
      for (const [at, id] of ids.entries()) await books.save(book(id, { popularity: 100 - at }));
    });
    const none = () => Promise.resolve([]);
    const ask = webApi(store, handClock(), {
      trends: { books: none, queries: none },
      recommendations: { forReader: none, similarTo: none },
    });
    const page = await (await ask("/", { headers: { accept: "text/html" } })).text();
    const [forYou, trends] = page.split(/id="trending-books"|id="trending-queries"/);
    return [forYou!, trends!].map((markup) => [...markup.matchAll(/<li id="book-book-(\d+)"/g)].map(([, at]) => at));
  };

  it("shows popular books for the reader, and others in place of trends", async () => {
    expect(await shownOf(20)).toEqual([
      ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
      ["10", "11", "12", "13", "14", "15"],
    ]);
  });

  it("shows a book in both places where there are no others", async () => {
    expect(await shownOf(2)).toEqual([["0", "1"], ["0", "1"]]);
  });
});
