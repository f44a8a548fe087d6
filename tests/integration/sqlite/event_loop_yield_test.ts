import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createBookShelf } from "@/adapters/sql/web/book_shelf.ts";
import { openStoreDatabase } from "@/adapters/sqlite/database.ts";
import { WEB_MIGRATIONS } from "@/adapters/sqlite/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";

describe("reads of an SQLite file", () => {
  it("let other work have its turn, however many of them one request needs", async () => {
    const folder = await Deno.makeTempDir();
    const database = openStoreDatabase({
      path: `${folder}/turns.db`,
      migrations: ["CREATE TABLE one (n INTEGER)"],
      clock,
    });
    let [turns, reading] = [0, true];
    const count = () => {
      turns++;
      if (reading) setTimeout(count, 0);
    };
    setTimeout(count, 0);
    const began = performance.now();
    while (performance.now() - began < 200) await database.read.all("SELECT COUNT(*) AS n FROM one");
    reading = false;
    expect(turns).toBeGreaterThan(3);
    await database.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("let other work have its turn between transactions, of one file and of several", async () => {
    const folder = await Deno.makeTempDir();
    const files = ["a", "b"].map((name) =>
      openStoreDatabase({ path: `${folder}/${name}.db`, migrations: ["CREATE TABLE one (n INTEGER)"], clock })
    );
    let [turns, writing] = [0, true];
    const count = () => {
      turns++;
      if (writing) setTimeout(count, 0);
    };
    setTimeout(count, 0);
    const busy = async () => {
      const began = performance.now();
      while (performance.now() - began < 10) await Promise.resolve();
    };
    await Promise.all(Array.from({ length: 20 }, (_, at) => files[at % 2]!.transaction(busy)));
    writing = false;
    expect(turns).toBeGreaterThan(10);
    for (const file of files) await file.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("count what waits in the outbox without its messages", async () => {
    const folder = await Deno.makeTempDir();
    const database = openStoreDatabase({ path: `${folder}/web.db`, migrations: WEB_MIGRATIONS, clock });
    const plan = await database.read.all("EXPLAIN QUERY PLAN SELECT SUM(waiting) AS n FROM outbox");
    expect(plan.map(({ detail }) => detail)).toEqual(["SCAN outbox USING COVERING INDEX outbox_shard"]);
    await database.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("read a page of the catalogue in the order of an index, whatever it is sorted by", async () => {
    const folder = await Deno.makeTempDir();
    const database = openStoreDatabase({ path: `${folder}/web.db`, migrations: WEB_MIGRATIONS, clock });
    const details: string[] = [];
    const all: typeof database.read.all = async (sql, values) => {
      const plan = await database.read.all(`EXPLAIN QUERY PLAN ${sql}`, values ?? []);
      details.push(...plan.map(({ detail }) => String(detail)));
      return [];
    };
    const shelf = createBookShelf({ ...database.read, all });
    for (const sort of ["newest", "oldest", "title", "popularity"] as const) {
      const value = sort === "title" ? "a" : 2000;
      for (const after of [{}, { after: { value, id: "b1" } }]) {
        await shelf.list({ facets: [], sort, limit: 9, ...after });
      }
    }
    expect(details.length).toBe(16);
    for (const detail of details) {
      expect(detail).toMatch(/^(SCAN|SEARCH) book USING INDEX book_(newest|oldest|title|appeal)/);
    }
    expect(details.filter((detail) => detail.startsWith("SEARCH")).length).toBe(14);
    await database.close();
    await Deno.remove(folder, { recursive: true });
  });
});
