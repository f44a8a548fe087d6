import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { openDatabase } from "@/adapters/mysql/database.ts";
import { TREND_MIGRATIONS } from "@/adapters/mysql/stores/trend_store.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { keyedScoreOf, SCORE_COLUMN } from "@/adapters/sql/trend/rows.ts";
import { createTrendStore } from "@/adapters/sql/trend/store.ts";
import { openStoreDatabase } from "@/adapters/sqlite/database.ts";
import { TREND_MIGRATIONS as FILE_MIGRATIONS, VOTE_AGEING } from "@/adapters/sqlite/stores/trend_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import type { KeyedScore } from "@/application/trend/ports.ts";
import { HOUR } from "@/domain/hours.ts";
import { raise } from "@/domain/trend/decay.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import { createRandom } from "@/application/shared/random.ts";
import { plantBug } from "@/tests/support/databases/change_statements.ts";
import { databaseFor, SERVERS } from "@/tests/support/databases/mysql.ts";
import { T0 } from "@/tests/support/samples.ts";

/** How many migrations a store had before there were candidates. */
const EARLIER = { file: 9, server: 10 };
const ROUNDS = 70;
const NEW_KEYS = 40;
/** Candidates of a window: those that need no cut, and those of the 32 rounds until the next look. */
const MOST = 1_000 + 32 * NEW_KEYS;
/** So many stand at or above the bar, so that a list seldom wants all scores sorted. */
const LEAST = 300;
const PAGE = 100;
const PAGES = 8;

type Fill = (database: Database) => Promise<unknown>;
type Stored = { name: string; open(fill?: Fill): Promise<{ database: Database; close(): Promise<void> }> };
const STORES: Stored[] = [
  {
    name: "sqlite",
    async open(fill) {
      const folder = await Deno.makeTempDir();
      const file = { path: join(folder, "trend.db"), clock };
      if (fill !== undefined) {
        const earlier = openStoreDatabase({ ...file, migrations: FILE_MIGRATIONS.slice(0, EARLIER.file) });
        await fill(earlier);
        await earlier.close();
      }
      const database = openStoreDatabase({ ...file, migrations: FILE_MIGRATIONS });
      return { database, close: () => database.close().then(() => Deno.remove(folder, { recursive: true })) };
    },
  },
  ...SERVERS.map(({ name, url }): Stored => ({
    name,
    async open(fill) {
      const { name, drop } = databaseFor(url);
      const deps = { server: { url }, name, clock };
      if (fill !== undefined) {
        const earlier = await openDatabase({ ...deps, migrations: TREND_MIGRATIONS.slice(0, EARLIER.server) });
        await fill(earlier);
        await earlier.close();
      }
      const database = await openDatabase({ ...deps, migrations: TREND_MIGRATIONS });
      return { database, close: () => database.close().then(drop) };
    },
  })),
];

const storeOver = (database: Database) =>
  createTrendStore(database, { clock, ageing: VOTE_AGEING, movedAt: () => Promise.resolve(undefined) }).at(1);

/** What is wrong with the lists and with how many candidates there are, beside all scores as they are stored. */
async function faultsOf(database: Database): Promise<string[]> {
  const rows = await database.read.all("SELECT * FROM score WHERE version = 1 AND subject = 'book'");
  const scores = rows.map(keyedScoreOf);
  const bars = await database.read.get("SELECT * FROM score_bar WHERE version = 1 AND subject = 'book'");
  const faults: string[] = [];
  for (const [at, window] of WINDOWS.entries()) {
    const wanted = scores.toSorted((a, b) => b.score[window] - a.score[window] || (a.key < b.key ? -1 : 1));
    for (let page = 0; page < PAGES; page++) {
      const found = await storeOver(database).view.candidates("book", window, page * PAGE, PAGE);
      const right = wanted.slice(page * PAGE, (page + 1) * PAGE).map(({ key }) => key);
      if (found.join() !== right.join()) faults.push(`page ${page} of ${window} has other keys`);
    }
    const candidates = rows.filter(({ candidate }) => (Number(candidate) & 1 << at) > 0).length;
    const above = scores.filter(({ score }) => score[window] >= Number(bars?.[SCORE_COLUMN[window]] ?? -Infinity));
    if (above.length < Math.min(LEAST, scores.length)) faults.push(`${above.length} of ${window} are above the bar`);
    if (candidates > MOST) faults.push(`${window} has ${candidates} candidates`);
  }
  return faults;
}

/** Books that come, are acted on late and again, and lose readers who are erased, through two processes at once. */
async function live(database: Database): Promise<string[]> {
  const [one, other] = [storeOver(database), storeOver(database)];
  const { below: upTo } = createRandom(7);
  const faults: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const now = T0 + round * HOUR;
    const keyed = (at: number, weight: number, time: number): KeyedScore => ({
      subject: "book",
      key: `b${at}`,
      score: raise(undefined, weight, time),
    });
    const known = (round + 1) * NEW_KEYS;
    const fresh = Array.from({ length: NEW_KEYS }, (_, at) => keyed(round * NEW_KEYS + at, 1 + upTo(50), now));
    const again = Array.from({ length: 15 }, () => keyed(upTo(known), 10 + upTo(2_000), now));
    const late = Array.from({ length: 15 }, () => keyed(upTo(known), 10, now - upTo(100) * HOUR));
    const added = new Map([...again, ...late].map((row) => [row.key, row]));
    await Promise.all([
      one.uow.run(({ scores }) => scores.add(fresh)),
      other.uow.run(({ scores }) => scores.add([...added.values()])),
    ]);
    const lost = Array.from({ length: 6 }, () => upTo(known));
    await one.uow.run(async ({ scores }) => {
      await scores.put([...new Set(lost.slice(0, 4))].map((at) => keyed(at, 1, now - 200 * HOUR)));
      await scores.remove(lost.slice(4).map((at) => ({ subject: "book", key: `b${at}` })));
    });
    if (round % 20 === 19 || round === ROUNDS - 1) faults.push(...await faultsOf(database));
  }
  return faults;
}

const BUGS: [what: string, change: (sql: string) => string][] = [
  ["the bar is not raised", (sql) => sql.startsWith("INSERT INTO score_bar") ? "" : sql],
  [
    "what is below the bar stays a candidate",
    (sql) => /^UPDATE score .*candidate &/s.test(sql) ? "" : sql,
  ],
  [
    "a key that votes raise above the bar is no candidate",
    (sql) => sql.replace(/candidate = CASE WHEN candidate = 31 .*? END, s_1h/s, "s_1h"),
  ],
  [
    "a key is held against a bar that is higher than the one there is",
    (sql) =>
      sql.startsWith("SELECT * FROM score_bar WHERE version = ? ORDER BY")
        ? "SELECT version, subject, s_1h + 50 AS s_1h, s_24h, s_7d, s_30d, s_90d FROM score_bar WHERE version = ?"
        : sql,
  ],
  [
    "a key that has lost its readers stays before those that are no candidates",
    (sql) => sql.replace(/AND s_\w+ >= COALESCE\(.*?, -1e\+?300\)/s, "AND ? = ? "),
  ],
  [
    "a cut takes a key out of every window",
    (sql) =>
      sql.replace(
        /SET candidate = candidate & \(.*$/s,
        (rest) => `SET candidate = 0 ${rest.slice(rest.indexOf("WHERE version"))}`,
      ),
  ],
];

for (const { name, open } of STORES) {
  describe(`candidates for lists: ${name}`, () => {
    async function withDatabase(test: (database: Database) => Promise<void>, fill?: Fill) {
      const { database, close } = await open(fill);
      try {
        await test(database);
      } finally {
        await close();
      }
    }

    it("are few, and lists are those of all scores, while books come, rise, fall and go", () =>
      withDatabase(async (database) => {
        expect(await live(database)).toEqual([]);
        const bars = await database.read.all("SELECT * FROM score_bar");
        expect(bars.map(({ subject }) => subject)).toEqual(["book"]);
      }));

    it("of a store of the version before are its best, also those that a process of it raises meanwhile", () =>
      withDatabase(async (database) => {
        expect(await faultsOf(database)).toEqual([]);
        const counted = "SELECT COUNT(*) AS n FROM score WHERE candidate > 0";
        expect(Number((await database.read.get(counted))!.n)).toBeLessThan(1_500);
        await database.transaction(async ({ run }) => {
          await run("UPDATE score SET s_1h = s_1h + 2000 WHERE `key` = 'b1200'");
          await run(
            "INSERT INTO score (version, subject, `key`, s_1h, s_24h, s_7d, s_30d, s_90d) VALUES (1, 'book', 'x', 1e9, 1e9, 1e9, 1e9, 1e9)",
          );
        });
        await storeOver(database).uow.run(() => Promise.resolve());
        expect(await faultsOf(database)).toEqual([]);
        expect(await storeOver(database).view.candidates("book", "1h", 0, 2)).toEqual(["x", "b1200"]);
      }, (earlier) =>
        earlier.transaction(async ({ runRows }) => {
          const rows = Array.from({ length: 1_500 }, (_, at) => {
            const score = raise(undefined, 1 + at % 97, T0 - at * HOUR);
            return [1, "book", `b${at}`, ...WINDOWS.map((window) => score[window])];
          });
          await runRows("INSERT INTO score (version, subject, `key`, s_1h, s_24h, s_7d, s_30d, s_90d) VALUES ?", rows);
        })));

    if (name !== "sqlite") return;
    for (const [what, change] of BUGS) {
      it(`a bug is found: ${what}`, () =>
        withDatabase(async (database) => {
          const { met, faults } = await plantBug(database, change, live);
          expect([met, faults.length > 0]).toEqual([true, true]);
        }));
    }
  });
}
