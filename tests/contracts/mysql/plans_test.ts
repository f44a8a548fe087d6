import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { RowDataPacket } from "mysql2";
import { createStatements, send } from "@/adapters/mysql/connection.ts";
import { Connections, openPool } from "@/adapters/mysql/connections.ts";
import { openRecommendationStore } from "@/adapters/mysql/stores/recommendation_store.ts";
import { openTrendStore } from "@/adapters/mysql/stores/trend_store.ts";
import { openWebStore } from "@/adapters/mysql/stores/web_store.ts";
import { createBookSearch } from "@/adapters/sql/web/search/book_search.ts";
import { createBookShelf } from "@/adapters/sql/web/book_shelf.ts";
import { followWords } from "@/adapters/sql/web/search/words.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { piecesOf } from "@/application/pieces.ts";
import { createOutboxQueue } from "@/adapters/sql/messaging/outbox.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { facet } from "@/domain/catalog/found_by.ts";
import { BUCKET_MS } from "@/domain/trend/window.ts";
import type { KeyedBucket } from "@/application/trend/ports.ts";
import { ALL_SHARDS } from "@/application/messaging/outbox/shards.ts";
import { databaseFor, SERVERS } from "@/tests/support/databases/mysql.ts";
import { book, T0 } from "@/tests/support/samples.ts";

const READERS = 4_000;
const ACTS = 5;
/** More than a server gathers by its own setting, which is a megabyte. */
const BUCKETS = 80_000;
/** Rows of a shard that nobody sends. */
const STUCK = 5_000;
/** Books of a common word. */
const COMMON_BOOKS = 4_000;

/** How many rows the connection has read. */
const rowsReadBy = async ({ all }: Statements): Promise<number> =>
  (await all("SHOW SESSION STATUS LIKE 'Handler_read%'")).reduce((sum, { Value }) => sum + Number(Value), 0);

for (const { name, url } of SERVERS) {
  const server = { url };
  describe(`plans: ${name}`, () => {
    it("a long list of readers is read by the key, also where the server's statistics are of an earlier time", async () => {
      const database = databaseFor(url);
      const store = await openRecommendationStore({ server, name: database.name, clock });
      const connections = new Connections(openPool(server, database.name, 1));
      const connection = await connections.acquire();
      try {
        await connection.query("ALTER TABLE interaction STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0");
        const insert = (readers: string[], acts: number) =>
          connection.query("INSERT INTO interaction (version, reader, book, kind, stars, time) VALUES ?", [
            readers.flatMap((reader) =>
              Array.from({ length: acts }, (_, at) => [1, reader, `book-${at}`, "view", 0, at])
            ),
          ]);
        // What the server knows is of a time when there were few readers with many acts each.
        await insert(["a", "b"], 1_000);
        await connection.query("ANALYZE TABLE interaction");
        const readers = Array.from({ length: READERS }, (_, at) => `reader-${String(at).padStart(5, "0")}`);
        await insert(readers, ACTS);
        for (const length of [10, 150, 500]) {
          const list = "EXPLAIN SELECT * FROM interaction WHERE version = ? AND reader IN (?)";
          const [plan] = await connection.query<RowDataPacket[]>(list, [1, readers.slice(0, length)]);
          expect([length, plan[0]?.type, plan[0]?.key]).toEqual([length, "range", "PRIMARY"]);
        }
      } finally {
        connection.release();
        await connections.close();
        await store.close();
        await database.drop();
      }
    });

    it("a consumer that locks and moves its positions does not wait for those of others, however few there are", async () => {
      const database = databaseFor(url);
      const store = await openTrendStore({ server, name: database.name, clock });
      const connections = new Connections(openPool(server, database.name, 1));
      const connection = await connections.acquire();
      try {
        const keys = Array.from({ length: 8 }, (_, partition) => (
          { consumer: "trend", version: 1, logId: "log", topic: "t", partition }
        ));
        const { uow } = store.at(1);
        await uow.run(async ({ positions }) => {
          for (const key of keys) await positions.claim(key, "a");
        });
        await connection.query("ANALYZE TABLE consumer_position");
        await connection.query("BEGIN");
        const held = "consumer = 'trend' AND version = 1 AND log_id = 'log' AND topic = 't' AND `partition` IN (2, 7)";
        await connection.query(`SELECT * FROM consumer_position FORCE INDEX (PRIMARY) WHERE ${held} FOR UPDATE`);
        const own = [0, 1, 3, 6].map((partition) => keys[partition]!);
        const moved = uow.run(async ({ positions }) => {
          await positions.lock(own);
          await positions.move(own.map((key) => ({ key, next: "5" })));
        }).then(() => "moved");
        expect(await Promise.race([moved, clock.sleep(2_000).then(() => "waits")])).toBe("moved");
        await connection.query("ROLLBACK");
      } finally {
        connection.release();
        await connections.close();
        await store.close();
        await database.drop();
      }
    });

    it("the buckets of a key are read whole, however many there are", async () => {
      const database = databaseFor(url);
      const store = await openTrendStore({ server, name: database.name, clock });
      try {
        const buckets = Array.from({ length: BUCKETS }, (_, at): KeyedBucket => (
          {
            subject: "book",
            key: "b",
            kind: "viewed",
            start: T0 + at * BUCKET_MS,
            count: 1 + at % 7,
            weight: 10 + at % 11,
          }
        ));
        await store.at(1).uow.run(({ counts }) => counts.add(buckets));
        const found = (await store.at(1).view.buckets("book", ["b"])).get("b")!;
        const wanted = buckets.map(({ start, count, weight }) => ({ start, count, weight }));
        expect(found.toSorted((a, b) => a.start - b.start)).toEqual(wanted);
      } finally {
        await store.close();
        await database.drop();
      }
    });

    it("a search reads a word's books by the whole index, and a sorted page the first of them", async () => {
      const database = databaseFor(url);
      const store = await openWebStore({ server: { url }, name: database.name, clock });
      const connections = new Connections(openPool(server, database.name, 1));
      const connection = await connections.acquire();
      const statements = createStatements((sql, values) => send(connection, sql, values));
      const search = createBookSearch(statements, followWords(statements, clock), clock);
      const shelf = createBookShelf(statements);
      try {
        const books = Array.from({ length: COMMON_BOOKS }, (_, at) =>
          book(`b${at}`, {
            title: at % 10 === 0 ? "Common Rare Usual" : "Common Usual",
            subjects: at % 40 === 0 ? ["seldom"] : [],
            year: 1 + at,
            popularity: at,
          }));
        for (const some of piecesOf(books, 500)) {
          await store.uow.run(async ({ books }) => {
            for (const one of some) await books.save(one);
          });
        }
        const either = ["common", "usual", "ordinary"];
        const facets = [facet("subject", "seldom")];
        const least = {
          candidates: () => search.candidates({ groups: [["rare"], either], facets: [], most: 100 }),
          matches: () => search.matches({ groups: [either], facets: [], most: 100 }),
          "matches of two": () => search.matches({ groups: [["rare"], either], facets: [], most: 100 }),
          "matches of two, the common one first": () =>
            search.matches({ groups: [either, ["rare"]], facets: [], most: 100 }),
          "matches with a rare filter": () => search.matches({ groups: [either], facets, most: 100 }),
          "books with a rare filter": () => search.candidates({ groups: [], facets, most: 100 }),
          "titles with a rare filter": () =>
            search.candidates({ groups: [], titled: { start: "common", most: 100 }, facets, most: 0 }),
          "newest, as far as it looks": () =>
            shelf.list({ facets: [], sort: "newest", groups: [["rare"]], limit: 100, scanLimit: 1_000 }),
          newest: () => shelf.list({ facets: [], sort: "newest", groups: [either], limit: 100 }),
          oldest: () => shelf.list({ facets: [], sort: "oldest", limit: 100, after: { value: 50, id: "b49" } }),
        };
        for (const [label, read] of Object.entries(least)) {
          const before = await rowsReadBy(statements);
          expect([label, (await read()).length]).toEqual([label, 100]);
          expect([label, await rowsReadBy(statements) - before < COMMON_BOOKS]).toEqual([label, true]);
        }
      } finally {
        connection.release();
        await connections.close();
        await store.close();
        await database.drop();
      }
    });

    it("rows that wait in a shard cost the reads of the others nothing", async () => {
      const database = databaseFor(url);
      const store = await openWebStore({ server: { url }, name: database.name, clock });
      const connections = new Connections(openPool(server, database.name, 1));
      const connection = await connections.acquire();
      const statements = createStatements((sql, values) => send(connection, sql, values));
      try {
        const row = (shard: number) => ["t", "{}", "v", shard, 1];
        const sql = "INSERT INTO outbox (topic, headers, value, shard, bytes) VALUES ?";
        await statements.runRows(sql, Array.from({ length: STUCK }, () => row(3)));
        await statements.runRows(sql, [row(5), row(6)]);
        const before = await rowsReadBy(statements);
        const shards = ALL_SHARDS.filter((shard) => shard !== 3);
        expect((await createOutboxQueue(statements).read(shards, { rows: 1_000, bytes: 900_000 })).length).toBe(2);
        expect(await rowsReadBy(statements) - before).toBeLessThan(STUCK / 10);
      } finally {
        connection.release();
        await connections.close();
        await store.close();
        await database.drop();
      }
    });
  });
}
