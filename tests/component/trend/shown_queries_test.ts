import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createBlockList } from "@/domain/trend/block_list.ts";
import { blockListOf } from "@/services/trend/block_list.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { KINDS, openShop, type Shop } from "@/tests/support/trend/attacked_shop.ts";
import { sending } from "@/tests/support/suites/memory_suite.ts";

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`a trending query, on ${kind}`, () => {
    let shop: Shop;
    afterEach(() => shop.close());
    /** A reader searches as a page's form does, each at home. */
    const search = async (home: number, query: string) => {
      const address = `198.51.100.${home}`;
      await shop.ask(address, `/search?q=${encodeURIComponent(query)}`);
    };
    const shown = async () => {
      await shop.drained();
      return (await shop.list("queries", "24h")).map(({ query }) => query);
    };

    it("is shown as most readers spelled it, whoever typed it last and however often", async () => {
      shop = await openShop(await open(), { books: ["honest"] });
      for (let home = 1; home <= 3; home++) await search(home, "The Honest Book");
      await search(4, "THE HONEST BOOK");
      for (let at = 0; at < 9; at++) await search(5, "tHE hONEST bOOK");
      for (let at = 0; at < 5; at++) {
        await shop.ask("203.0.113.1", `/v1/books?q=${encodeURIComponent("★ the honest BOOK ★")}`);
      }
      const act = { type: "searched", reader: "system", query: "✪ THE Honest book ✪" };
      await shop.ask("203.0.113.1", "/v1/events", sending("POST", act));
      expect(await shown()).toEqual(["The Honest Book"]);
    });

    it("is shown in its plainest form where as many readers spelled it one way as the other", async () => {
      shop = await openShop(await open(), { books: ["honest"] });
      for (const [at, query] of ["HONEST", "Honest!", "honest", "Honest"].entries()) await search(1 + at, query);
      expect(await shown()).toEqual(["honest"]);
    });

    it("has neither symbols nor characters that nobody sees, also where one reader is all there is", async () => {
      shop = await openShop(await open(), { books: ["honest"] });
      await search(1, "🎉 honest\u200b ★ → book 🎉");
      expect(await shown()).toEqual(["honest book"]);
      const home = (await shop.ask("198.51.100.1", "/trends")).text;
      expect(home).toContain(">honest book<");
      expect(home).not.toMatch(/[★🎉→\u200b]/u);
    });

    it("is in no list where it is private or blocked, and makes room for the next one", async () => {
      const isBlocked = createBlockList(["abusive", "/cas[i1]no/"]);
      const books = ["honest", "abusive", "casino", "ann", "phone"];
      shop = await openShop(await open(), { books, isBlocked });
      const blocked = ["Abusive", "cas1no", "casino book", "ann@example.org book", "phone 0170 1234567", "www. phone"];
      for (const id of ["m1", "m2"]) {
        const title = id === "m1" ? "ann example org book cas1no" : "phone 0170 1234567 www";
        await shop.ask("192.0.2.1", "/v1/books", sending("POST", { id, title }));
      }
      for (let home = 1; home <= 3; home++) for (const query of blocked) await search(home, query);
      await search(9, "Honest");
      expect(await shown()).toEqual(["Honest"]);
      expect((await shop.scores("books", "24h")).size).toBeGreaterThan(3);
    });
  });
}

describe("the settings' block list", () => {
  const blocked = async (settings: Record<string, string>, query: string) =>
    await Promise.resolve(blockListOf(readSettings(settings, []))(query, query));

  it("is the standard one with words of one's own, or a file's in its place", async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "# ours\nbadger\n/^mush/\n");
    expect([await blocked({}, "xxx"), await blocked({}, "badger")]).toEqual([true, false]);
    const own = { TREND_BLOCKED: "badger, /^mush/" };
    expect(await Promise.all(["xxx", "badger", "mushroom", "a mushroom"].map((one) => blocked(own, one)))).toEqual(
      [true, true, true, false],
    );
    const other = { TREND_BLOCK_LIST: file };
    expect(await Promise.all(["xxx", "badger", "mushroom"].map((one) => blocked(other, one)))).toEqual(
      [false, true, true],
    );
    await Deno.remove(file);
  });

  it("that cannot be read, or has a pattern that is none, is a fault at start", () => {
    expect(() => blockListOf(readSettings({ TREND_BLOCKED: "/(/" }, []))).toThrow(/pattern that is none/);
    expect(() => blockListOf(readSettings({ TREND_BLOCK_LIST: "/none" }, []))).toThrow(/cannot read \/none/);
  });
});
