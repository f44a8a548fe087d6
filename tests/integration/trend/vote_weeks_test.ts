import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createConnection } from "mysql2";
import { openDatabase } from "@/adapters/mysql/database.ts";
import { TREND_MIGRATIONS } from "@/adapters/mysql/stores/trend_store.ts";
import { createVoteWeeks } from "@/adapters/mysql/vote_weeks.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { createTrendStore } from "@/adapters/sql/trend/store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { startOfWeek, weekOf } from "@/domain/trend/vote_weeks.ts";
import { DAY, HOUR, hourOf } from "@/domain/hours.ts";
import { votePurge } from "@/application/trend/counting/purge_votes.ts";
import { changeStatements, plantBug } from "@/tests/support/databases/change_statements.ts";
import { databaseFor, SERVERS } from "@/tests/support/databases/mysql.ts";
import { vote } from "@/tests/support/samples.ts";

/** How many migrations a store had before votes lay in partitions. */
const EARLIER = 11;
const NOW = Date.now();
const WEEK = weekOf(NOW);
const READERS = ["r1", "r2", "r3"];
const MANY = 500;

/** A time in a week that is so many before this one. */
const weeksAgo = (weeks: number): number => startOfWeek(WEEK - weeks) + 30 * HOUR;
/** Votes from before this are old when those of the last weeks are kept. */
const keeping = (weeks: number): number => startOfWeek(WEEK - weeks) + 2 * DAY;

/** A service whose clock may be ahead of the server's. */
function storeOver(database: Database, aheadMs = 0) {
  const clock = { ...systemClock, now: () => NOW + aheadMs };
  const ageing = createVoteWeeks(clock);
  return createTrendStore(database, { clock, ageing, movedAt: () => Promise.resolve(undefined) }).at(1);
}
type Version = ReturnType<typeof storeOver>;

const add = ({ uow }: Version, votes: Vote[]) => uow.run((stores) => stores.votes.addNew(votes));
const stored = async ({ history }: Version): Promise<string[]> =>
  (await history.votes({ subject: "book", key: "b" }, Number.MAX_SAFE_INTEGER, undefined, MANY)).map(nameOf).sort();
const nameOf = ({ reader, time }: Vote): string => `${reader} of week ${weekOf(time) - WEEK}`;
const names = (...votes: Vote[]) => votes.map(nameOf).sort();

/** Whether it comes to an end. */
async function purge({ uow }: Version, before: number): Promise<boolean> {
  const step = votePurge(uow);
  for (let steps = 0; steps < 100; steps++) if (!(await step(before, MANY)).more) return true;
  return false;
}

const weeksOf = async ({ read }: Database): Promise<number[]> =>
  (await read.all(
    "SELECT partition_name AS name FROM information_schema.partitions WHERE table_schema = DATABASE() AND table_name = 'vote'",
  )).flatMap(({ name }) => /^w\d+$/.test(String(name)) ? [Number(String(name).slice(1)) - WEEK] : []);

/** As when `VOTE_DAYS` are over since the votes were stored, and since the store has partitions. */
const age = (database: Database) =>
  database.transaction(async ({ run }) => {
    await run("UPDATE vote SET noted = time");
    await run("DELETE FROM late_vote");
  });

/** What is wrong after a few weeks in the life of a store: none of its votes may be lost early, kept too long or counted twice. */
async function faultsOf(database: Database): Promise<string[]> {
  const faults: string[] = [];
  const check = (what: string, found: unknown, wanted: unknown) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) faults.push(`${what}: ${JSON.stringify(found)}`);
  };
  await live(database, check).catch((error) => faults.push(`${error}`));
  return faults;
}

async function live(database: Database, check: (what: string, found: unknown, wanted: unknown) => void) {
  const version = storeOver(database);
  const ofWeek = (weeks: number) => READERS.map((reader) => vote("b", reader, { time: weeksAgo(weeks) }));
  const late = vote("b", "late", { time: weeksAgo(6) });
  for (const weeks of [6, 5, 4, 3]) await add(version, ofWeek(weeks));
  await age(database);
  check("a late vote that is new", names(...await add(version, [late])), names(late));

  check("the purge ends", await purge(version, keeping(4)), true);
  check("votes that are kept", await stored(version), names(late, ...ofWeek(4), ...ofWeek(3)));
  check("a late vote that comes again", await add(version, [late]), []);
  const left = await weeksOf(database);
  check("weeks with partitions", [-6, -5, -4].map((week) => left.includes(week)), [true, false, true]);

  // Two days later the late one is old as well.
  await database.transaction(({ run }) => run("UPDATE vote SET noted = noted - 100 * 86400000 WHERE reader = 'late'"));
  await database.transaction(({ run }) => run("UPDATE late_vote SET noted = noted - 100 * 86400000"));
  await purge(version, keeping(4));
  check("votes that are kept then", await stored(version), names(...ofWeek(4), ...ofWeek(3)));
  check("the first week with a partition", (await weeksOf(database)).find((week) => week > -7), -4);

  const erased = await version.uow.run(({ votes }) => votes.removeReader("r1"));
  check("votes of an erased reader", names(...erased), ["r1 of week -3", "r1 of week -4"]);
  check("votes of others", (await stored(version)).filter((name) => name.startsWith("r1")), []);

  // Nobody has made partitions for ten weeks.
  const unmade = vote("b", "r9", { time: weeksAgo(-10) });
  const then = storeOver(database, 10 * 7 * DAY);
  await add(then, [unmade]);
  await purge(then, keeping(4));
  check("votes of a week without a partition", (await stored(then)).includes(nameOf(unmade)), true);
  check("a week made later", (await weeksOf(database)).includes(10), true);
  const [row] = await database.read.all(`SELECT COUNT(*) AS n FROM vote PARTITION (w${WEEK + 10})`).catch(() => []);
  check("its votes", Number(row?.n), 1);
}

const BUGS: [what: string, change: (sql: string) => string][] = [
  ["an event that comes late is missed", (sql) => sql.startsWith("INSERT INTO late_vote") ? "" : sql],
  ["a week is dropped whose late votes still count", (sql) => sql.startsWith("SELECT 1 FROM late_vote") ? "" : sql],
  [
    "a week is dropped that still counts",
    (sql) => sql.replace(/DROP PARTITION w(\d+)/, (drop, week) => `${drop}, w${Number(week) + 1}`),
  ],
  ["a week that is old is not dropped", (sql) => sql.includes("DROP PARTITION") ? "" : sql],
  [
    "old votes beside a late one stay",
    (sql) => sql.startsWith("DELETE FROM vote PARTITION") ? "" : sql,
  ],
  [
    "a late vote goes with the old ones of its week",
    (sql) => sql.replace(/^(DELETE FROM vote PARTITION .*) AND noted < \?/, "$1 AND noted < 10 * ?"),
  ],
  [
    "an erased reader's votes of earlier weeks are kept",
    (sql) => sql.replace(/^DELETE FROM vote WHERE version/, `DELETE FROM vote PARTITION (w${WEEK - 3}) WHERE version`),
  ],
  ["weeks to come are not made", (sql) => sql.includes("REORGANIZE") ? "" : sql],
  [
    "weeks to come are made without what has come",
    (sql) => sql.includes("REORGANIZE") ? "ALTER TABLE vote TRUNCATE PARTITION later" : sql,
  ],
];

for (const { name, url } of SERVERS) {
  describe(`votes by week: ${name}`, () => {
    async function withDatabase(
      test: (database: Database, name: string) => Promise<void>,
      fill?: (earlier: Database) => Promise<void>,
    ) {
      const { name, drop } = databaseFor(url);
      const deps = { server: { url }, name, clock: systemClock };
      if (fill !== undefined) {
        const earlier = await openDatabase({ ...deps, migrations: TREND_MIGRATIONS.slice(0, EARLIER) });
        await fill(earlier);
        await earlier.close();
      }
      const database = await openDatabase({ ...deps, migrations: TREND_MIGRATIONS });
      try {
        await test(database, name);
      } finally {
        await database.close();
        await drop();
      }
    }

    /** As a process of the version before stores votes. */
    const addEarlier = (database: Database, votes: Vote[]) =>
      database.transaction(({ runRows }) =>
        runRows(
          "INSERT INTO vote (version, subject, `key`, hour, reader, kind, time, weight, client, spelling) VALUES ?",
          votes.map((one) => [
            1,
            one.subject,
            one.key,
            hourOf(one.time),
            one.reader,
            one.kind,
            one.time,
            one.weight,
            null,
            null,
          ]),
        ).then(() => {})
      );

    it("go by the week, but for those that came late, and none is lost that is of no week yet", () =>
      withDatabase(async (database) => expect(await faultsOf(database)).toEqual([])));

    for (const [what, change] of BUGS) {
      it(`a bug is found: ${what}`, () =>
        withDatabase(async (database) => {
          const { met, faults } = await plantBug(database, change, faultsOf);
          // The first fault is seen, and is not that a statement fails.
          expect([met, faults[0] ?? "none"]).toEqual([true, expect.stringMatching(/^(?!none|Error)/)]);
        }));
    }

    it("of a store of the version before stay, also what a process of it stores meanwhile, late or not", () => {
      const own = [60, 20, 6, 0].map((weeks) => vote("b", "r1", { time: weeksAgo(weeks) }));
      const beside = [vote("b", "r2", { time: weeksAgo(6) }), vote("b", "r2", { time: weeksAgo(0) })];
      return withDatabase(async (database) => {
        const version = storeOver(database);
        expect(await stored(version)).toEqual(names(...own));
        await database.transaction(({ run }) => run("UPDATE vote SET noted = time"));
        await addEarlier(database, beside);
        expect(await add(version, [...own, ...beside])).toEqual([]);
        await purge(version, keeping(4));
        expect(await stored(version)).toEqual(names(own[3]!, ...beside));
      }, (earlier) => addEarlier(earlier, own));
    });

    it("go row by row while a long transaction holds the table, after one try, as others wait for each", () =>
      withDatabase(async (database) => {
        let tries = 0;
        const version = storeOver(changeStatements(database, (sql) => {
          if (sql.startsWith("LOCK TABLES")) tries++;
          return sql;
        }));
        await add(version, [6, 5, 0].map((weeks) => vote("b", "r1", { time: weeksAgo(weeks) })));
        await age(database);
        await database.transaction(async ({ all }) => {
          await all("SELECT * FROM vote");
          await purge(version, keeping(4));
          expect(await stored(version)).toEqual(["r1 of week 0"]);
          expect(tries).toBe(1);
        });
        await purge(version, keeping(4));
        expect((await weeksOf(database)).some((week) => week === -6 || week === -5)).toBe(false);
      }));

    it("go row by row where the user may only work with data", () =>
      withDatabase(async (database, name) => {
        const [user, root] = [`u${crypto.randomUUID().slice(0, 8)}`, await createConnection(url)];
        await add(storeOver(database), [6, 0].map((weeks) => vote("b", "r1", { time: weeksAgo(weeks) })));
        await age(database);
        await root.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'word'`);
        await root.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON \`${name}\`.* TO '${user}'@'%'`);
        const own = new URL(url);
        [own.username, own.password] = [user, "word"];
        const server = { url: own.href };
        const limited = await openDatabase({ server, name, clock: systemClock, migrations: TREND_MIGRATIONS });
        try {
          await purge(storeOver(limited), keeping(4));
          expect(await stored(storeOver(limited))).toEqual(["r1 of week 0"]);
        } finally {
          await limited.close();
          await root.query(`DROP USER '${user}'@'%'`);
          await root.end();
        }
      }));
  });
}
