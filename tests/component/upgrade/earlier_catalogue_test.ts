import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { workOf } from "@/domain/catalog/work.ts";
import { searchBooks } from "@/application/catalog/search/search_books.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { migrate } from "@/adapters/sqlite/database.ts";
import { openWebStore, WEB_MIGRATIONS } from "@/adapters/sqlite/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { book } from "@/tests/support/samples.ts";

/** How many migrations a file had before ISBNs had a table of their own and positions the name of every store. */
const EARLIER = 8;
const BEFORE_WORKS = 15;
const ISBNS = ["9780000000002", "9780000000019"] as const;

describe("a web file of the version before", () => {
  let folder: string;
  let store: WebStore;
  beforeEach(async () => {
    folder = await Deno.makeTempDir();
    const file = new DatabaseSync(join(folder, "web.db"));
    migrate(file, WEB_MIGRATIONS.slice(0, EARLIER));
    file.exec(`
      INSERT INTO book (id, title, title_key, authors, subjects, year, isbn13, popularity, version)
        VALUES ('b1', 'One', 'one', '["Writer"]', '["fiction"]', 1999, '${ISBNS[0]}', 9, 1),
               ('b2', 'Two', 'two', '["Writer"]', '["fiction"]', 2001, NULL, 5, 3);
      INSERT INTO posting (token, book) VALUES ('one', 'b1'), ('writer', 'b1'), ('two', 'b2'), ('writer', 'b2');
      INSERT INTO position (consumer, version, log_id, topic, partition, next, epoch, owner)
        VALUES ('web', 1, 'log', 'commands', 0, '17', 4, 'me');
      INSERT INTO outbox (topic, key, headers, value, shard, bytes, added) VALUES ('t', x'61', '{}', x'62', 1, 3, 1);
      INSERT INTO letter (consumer, version, log_id, topic, partition, position, next, key, headers, value, timestamp, reason, detail,
          attempts, at, ordered)
        VALUES ('web', 1, 'log', 'commands', 0, '16', '17', x'61', '{}', NULL, 1, 'failed', 'why', 1, 2, 1);
    `);
    file.close();
    store = openWebStore({ path: join(folder, "web.db"), clock });
  });
  afterEach(async () => {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("keeps its books, found by every list and by their ISBN", async () => {
    expect((await store.shelf.list({ facets: [], sort: "oldest", limit: 9 })).map(({ id }) => id)).toEqual([
      "b1",
      "b2",
    ]);
    expect((await store.shelf.get("b1"))?.isbn13).toBe(ISBNS[0]);
    while (await store.searchIndex.remake(1) > 0);
    expect((await searchBooks(store.search, "wri")).ranked.map(({ id }) => id)).toEqual(["b1", "b2"]);
    expect(await store.uow.run(({ books }) => Promise.all(ISBNS.map(books.withIsbn)))).toEqual(["b1", undefined]);
  });

  it("finds the editions of books from before works were known, when the index is made again", async () => {
    await store.close();
    const path = join(folder, "known.db");
    const file = new DatabaseSync(path);
    migrate(file, WEB_MIGRATIONS.slice(0, BEFORE_WORKS));
    const row = (id: string, title: string) =>
      `INSERT INTO book (id, title, title_key, authors, subjects, popularity, version)
         VALUES ('${id}', '${title}', 'one', '["Writer"]', '[]', 1, 1);
       INSERT INTO search_document (book, popularity, document) VALUES ('${id}', 1, 'one');`;
    file.exec(row("b1", "One") + row("b2", "One: A Novel"));
    file.close();
    store = openWebStore({ path, clock });
    expect(await store.searchIndex.remake(9)).toBe(2);
    const [one] = await store.shelf.byIds(["b1"]);
    expect(await store.shelf.editions([workOf(one!)])).toEqual([2]);
    expect((await searchBooks(store.search, "one")).ranked.map(({ id }) => id)).toEqual(["b1"]);
  });

  it("counts the filters of its books before the index is made again, while it is, and after", async () => {
    const counts = async () =>
      (await store.shelf.facetCounts(["b1", "b2"])).map(({ kind, value, count, book }) => [kind, value, count, book])
        .sort();
    const wanted = [
      ["author", "writer", 2, "b1"],
      ["decade", "1990", 1, "b1"],
      ["decade", "2000", 1, "b2"],
      ["subject", "fiction", 2, "b1"],
    ];
    const found = [await counts()];
    while (await store.searchIndex.remake(1) > 0) found.push(await counts());
    expect(found).toEqual([wanted, wanted, wanted]);
    await store.uow.run(({ books }) => books.save(book("b2", { version: 4, authors: [], subjects: ["sea"] })));
    expect(await counts()).toEqual([
      ["author", "writer", 1, "b1"],
      ["decade", "1990", 1, "b1"],
      ["subject", "fiction", 1, "b1"],
      ["subject", "sea", 1, "b2"],
    ]);
  });

  it("lets an ISBN change hands in one transaction, also to a book that was written before", async () => {
    const [one, two] = [book("b1", { version: 2 }), book("b2", { version: 4 })];
    await store.uow.run(async ({ books }) => {
      await books.save({ ...two, isbn13: ISBNS[1] });
      await books.save(one);
      await books.save({ ...two, isbn13: ISBNS[0] });
    });
    expect(await store.uow.run(({ books }) => Promise.all(ISBNS.map(books.withIsbn)))).toEqual(["b2", undefined]);
    expect((await store.shelf.byIds(["b1", "b2"])).map(({ isbn13 }) => isbn13)).toEqual([undefined, ISBNS[0]]);
  });

  it("goes on where it was: positions, the outbox and its numbers, dead letters", async () => {
    const key = { consumer: "web", version: 1, logId: "log", topic: "commands", partition: 0 };
    const stored = await store.uow.run(async ({ positions, deadLetters, outbox }) => {
      await outbox.add([{ topic: "t", key: null, headers: {}, value: null }]);
      return [...await positions.lock([key]), await deadLetters.blockedKeys(key, "commands")];
    });
    expect(stored).toEqual([{ next: "17", epoch: 4 }, new Set(["61"])]);
    const rows = await store.outbox.read(Array.from({ length: 64 }, (_, shard) => shard), { rows: 9, bytes: 99 });
    expect(rows.map(({ row }) => row)).toEqual(["1.1", "2.1"]);
    expect((await store.deadLetters.list({ consumer: "web" }, 0, 9)).map(({ detail }) => detail)).toEqual(["why"]);
  });

  it("refuses a statement that comes when its transaction has ended", async () => {
    let late: (() => Promise<unknown>) | undefined;
    await store.uow.run(({ outbox }) => {
      late = () => outbox.remove(["1"]);
      return Promise.resolve();
    });
    await expect(late!()).rejects.toThrow("its transaction had ended");
    expect(await store.outbox.size()).toBe(1);
  });
});
