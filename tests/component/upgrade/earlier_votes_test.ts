import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { migrate, type Migration } from "@/adapters/sqlite/database.ts";
import { openTrendStore, TREND_MIGRATIONS } from "@/adapters/sqlite/stores/trend_store.ts";
import { openWebStore, WEB_MIGRATIONS } from "@/adapters/sqlite/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { listBookTrends, listQueryTrends } from "@/application/trend/lists/list_trends.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import { DAY, HOUR, hourOf } from "@/domain/hours.ts";
import { bucketOf } from "@/domain/trend/window.ts";
import { T0 } from "@/tests/support/samples.ts";

/** How many migrations a file had before votes knew their clients, and before cookies were signed. */
const EARLIER = { trend: 6, web: 10 };

let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir();
});
afterEach(() => Deno.remove(folder, { recursive: true }));

function earlierFile(name: string, migrations: Migration[], rows: string): string {
  const path = join(folder, name);
  const file = new DatabaseSync(path);
  migrate(file, migrations);
  file.exec(rows);
  file.close();
  return path;
}

describe("a trend file of the version before", () => {
  const start = bucketOf(T0);
  const vote = (subject: string, key: string, reader: string, kind: string) =>
    `(1, '${subject}', '${key}', ${hourOf(T0)}, '${reader}', '${kind}', ${T0}, 10, ${T0})`;
  const ROWS = `
    INSERT INTO vote (version, subject, key, hour, reader, kind, time, weight, noted) VALUES
      ${["r1", "r2", "event-1"].map((reader) => vote("book", "b1", reader, "viewed")).join(", ")},
      ${["r1", "r2"].map((reader) => vote("query", "dune", reader, "searched")).join(", ")};
    INSERT INTO bucket (version, subject, key, start, kind, count, weight) VALUES
      (1, 'book', 'b1', ${start}, 'viewed', 3, 30), (1, 'query', 'dune', ${start}, 'searched', 2, 20);
    INSERT INTO score (version, subject, key, s_1h, s_24h, s_7d, s_30d, s_90d) VALUES
      (1, 'book', 'b1', 1, 1, 1, 1, 1), (1, 'query', 'dune', 1, 1, 1, 1, 1);
    INSERT INTO shown_book (version, id, title, authors, book_version, removed) VALUES (1, 'b1', 'Dune', '[]', 1, 0);
    INSERT INTO shown_query (version, key, query, books, time) VALUES (1, 'dune', '★ DUNE ★', '["b1"]', ${T0});
    INSERT INTO erased_reader (reader, time) VALUES ('gone', 1);
  `;
  const query = { window: "24h" as const, at: T0 + 1, limit: 10, leastReaders: 2 };

  it("is read on: its votes count, its readers reach the floor, its queries are shown without symbols", async () => {
    const store = openTrendStore({
      path: earlierFile("trend.db", TREND_MIGRATIONS.slice(0, EARLIER.trend), ROWS),
      clock,
    });
    const [books, queries] = [await listBookTrends(store.at(1), query), await listQueryTrends(store.at(1), query)];
    expect(books.map(({ book, count, readers, score }) => [book.id, count, readers, score])).toEqual([["b1", 3, 3, 3]]);
    expect(queries.map((one) => [one.query, one.count, one.readers])).toEqual([["DUNE", 2, 2]]);
    await store.close();
  });

  it("goes on: readers say how a query is spelled, what they have voted counts for their day, and old marks stay", async () => {
    const store = openTrendStore({
      path: earlierFile("trend.db", TREND_MIGRATIONS.slice(0, EARLIER.trend), ROWS),
      clock,
    });
    const version = store.at(1);
    const data = { query: "Dune", normal: "dune", results: 1, books: ["b1"] };
    await version.uow.run((stores) =>
      projectTrends([
        { type: ACTIVITY.bookSearched, id: "e1", time: T0 + HOUR, data: { reader: "r3", client: "c", ...data } },
        { type: ACTIVITY.bookRated, id: "e2", time: T0 + HOUR, data: { reader: "r1", book: "b1", rating: 5 } },
      ], stores)
    );
    expect((await listQueryTrends(version, query)).map((one) => one.query)).toEqual(["Dune"]);
    const votes = await version.history.votes({ subject: "book", key: "b1" }, Infinity, undefined, 10);
    expect(votes.filter(({ reader }) => reader === "r1").map(({ kind, weight }) => [kind, weight])).toEqual([
      ["viewed", 10],
      ["rated", 40],
    ]);
    expect(await version.uow.run(({ erased }) => erased.purge(Date.now(), 10))).toBe(0);
    expect(await version.uow.run(({ erased }) => erased.has(["gone"]))).toEqual(new Set(["gone"]));
    await store.close();
  });
});

describe("a web file of the version before", () => {
  const open = (rows: string) =>
    openWebStore({ path: earlierFile("web.db", WEB_MIGRATIONS.slice(0, EARLIER.web), rows), clock });

  it("says until when cookies without a signature are taken: a year, in which they end by themselves", async () => {
    const store = open(`
      INSERT INTO book (id, title, title_key, authors, subjects, popularity, version) VALUES ('b1', 'Dune', 'dune', '[]', '[]', 0, 1);
      INSERT INTO reader_book (reader, book, shelf, dismissed, time) VALUES ('r1', 'b1', 'want', 0, 5);
    `);
    const until = Number(await store.deployment.get("unsigned-cookies-until"));
    expect(Math.abs(until - Date.now() - 366 * DAY)).toBeLessThan(HOUR);
    expect((await store.readerList.of("r1", 10)).map(({ book }) => book)).toEqual(["b1"]);
    await store.close();
  });

  it("says nothing of the kind where nobody was served by it", async () => {
    const store = open("");
    expect(await store.deployment.get("unsigned-cookies-until")).toBeUndefined();
    await store.close();
  });
});
