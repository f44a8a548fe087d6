import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { republish } from "@/application/catalog/books/republish.ts";
import { trendCopy } from "@/services/shared/adapters/copies.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { AS_ADMIN, memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";

describe("republish()", () => {
  it("takes over removals that only copies have, so that a book of that id that comes again is no earlier one", async () => {
    const suite = await memorySuite();
    const copy = trendCopy(suite.stores.trend);
    try {
      await suite.asks.web("/v1/books", sending("POST", { id: "x", title: "1" }));
      for (const version of [1, 2]) {
        await suite.asks.web("/v1/books/x", sending("PUT", { title: "2" + version }, { "if-match": `"${version}"` }));
      }
      const removal = { method: "DELETE", headers: { ...AS_ADMIN.headers, "if-match": '"3"' } };
      await suite.asks.web("/v1/books/x", removal);
      await eventually(async () => (await copy.books(undefined, 10))[0]?.removed);
      expect(await copy.books(undefined, 10)).toMatchObject([{ id: "x", version: 4, removed: true }]);
    } finally {
      await suite.stop();
    }
    // Put back from before the book.
    const { shelf, uow } = createMemoryWebStore();
    const removedAt = () => uow.run(({ books }) => books.removedAt("x"));
    const run = () => republish({ shelf, uow, clock, ids }, { copies: [copy] });
    expect(await run()).toEqual({ books: 0, ahead: 0, ghosts: 1 });
    expect(await removedAt()).toBe(5);
    expect(await run()).toEqual({ books: 0, ahead: 0, ghosts: 0 });
  });
});
