import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createConnection } from "mysql2";
import { join } from "node:path";
import type { Report } from "@/application/moving/report.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { dropDatabases, SERVERS } from "@/tests/support/databases/mysql.ts";
import { OWN } from "@/tests/support/processes/launch.ts";
import { ready, taskArgs } from "@/tests/support/processes/processes.ts";

/** Starts `deno task move` as its own process. */
function move(env: Record<string, string>, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", ...taskArgs("move", args, env)],
    env: { ...OWN, ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function moved(env: Record<string, string>, ...args: string[]) {
  const { code, stdout, stderr } = await move(env, ...args).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

const somewhere = { KAFKA_BROKERS: "127.0.0.1:1", MYSQL_URL: "mysql://root@127.0.0.1:1" };
const TOKEN = "a-token-for-tests-only";
const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

describe("deno task move", () => {
  let folder: string;
  before(async () => {
    folder = await Deno.makeTempDir();
    const suite = await ready("suite", { DATA_DIR: folder, ADMIN_TOKEN: TOKEN });
    const refused = await moved({ ...somewhere, DATA_DIR: folder });
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toMatch(
      /^bookstream move: \S*web\.db is in use: stop every process of the suite, then move it\n$/,
    );
    const { items } = await (await fetch(`${suite.url("web")}/v1/books?limit=40`)).json();
    // One time for all, as an act in another hour would be another vote.
    const time = new Date().toISOString();
    for (const reader of ["r1", "r2", "r3"]) {
      const acts = items.map(({ id }: { id: string }) => ({ type: "viewed", reader, book: id, time }));
      const response = await fetch(`${suite.url("web")}/v1/events`, {
        method: "POST",
        body: JSON.stringify(acts),
        headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
      });
      expect((await response.json()).accepted).toBe(40);
    }
    suite.signal("SIGTERM");
    expect((await suite.ended()).code).toBe(0);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("says what it needs to know when a setting is missing, and where there is no suite", async () => {
    const { KAFKA_BROKERS, MYSQL_URL } = somewhere;
    for (
      const [env, wanted] of [
        [{}, "set KAFKA_BROKERS and MYSQL_URL"],
        [{ MYSQL_URL }, "set KAFKA_BROKERS, as"],
        [{ KAFKA_BROKERS }, "set MYSQL_URL, as"],
        [{ ...somewhere, DATA_DIR: join(folder, "nothing") }, "holds no embedded suite"],
      ] as const
    ) {
      const { code, err } = await moved({ DATA_DIR: folder, ...env });
      expect([code, err]).toEqual([1, expect.stringContaining(wanted)]);
    }
    expect((await moved({}, "--help")).out).toMatch(/A move that\s+was\s+interrupted\s+goes\s+on/);
  });

  for (const { name, url } of brokers === "" ? [] : SERVERS) {
    it(`to Kafka and ${name}, killed in the middle and run again: counts are equal, and the suite goes on there`, async () => {
      const prefix = `t${crypto.randomUUID().slice(0, 8)}_`;
      const env = {
        DATA_DIR: folder,
        KAFKA_BROKERS: brokers,
        KAFKA_PREFIX: `${prefix}.`,
        MYSQL_URL: url,
        MYSQL_PREFIX: prefix,
      };
      const [connection, gate] = [await createConnection(url), await createConnection(url)];
      try {
        const dry = await moved(env, "--dry-run", "--json");
        expect([dry.code, dry.err]).toEqual([0, ""]);
        const wanted: Report = JSON.parse(dry.out);
        expect(wanted.tables.every(({ target }) => target === 0)).toBe(true);

        const copied = `SELECT 1 FROM ${prefix}recommendation.interaction FOR UPDATE`;
        const finished = `SELECT 1 FROM ${prefix}web.move_note WHERE name = 'finished' FOR UPDATE`;
        for (const [notes, later] of [[4, copied], [7, copied], [10, finished]] as const) {
          // No move comes to its end while another transaction holds what it writes later.
          await gate.beginTransaction();
          await gate.query(later);
          const process = move(env);
          await eventually(async () => {
            const [rows] = await connection.query("SELECT 1 FROM ??.move_note", [`${prefix}web`]);
            return (rows as unknown[]).length >= notes;
          });
          process.kill("SIGKILL");
          expect((await process.output()).signal).toBe("SIGKILL");
          await gate.rollback();
        }

        const { code, out, err } = await moved(env, "--json");
        expect([code, err]).toEqual([0, ""]);
        const report: Report = JSON.parse(out);
        expect(report.tables).toEqual(wanted.tables.map((one) => ({ ...one, target: one.source })));
        const again = await moved(env);
        expect([again.code, again.out]).toEqual([0, expect.stringContaining("nothing to do")]);

        const suite = await ready("suite", { ...env, TREND_MIN_READERS: "1" });
        const books = await (await fetch(`${suite.url("web")}/v1/books?limit=100`)).json();
        expect(books.items).toHaveLength(100);
        await eventually(async () => {
          const { items } = await (await fetch(`${suite.url("trend")}/v1/trends/books?limit=100`)).json();
          return items.length === 40 && items.every((item: { count: number }) => item.count === 3);
        });
        suite.signal("SIGTERM");
        expect((await suite.ended()).code).toBe(0);
      } finally {
        await gate.end();
        await connection.end();
        await dropDatabases(url, ["web", "trend", "recommendation"].map((store) => prefix + store));
      }
    });
  }
});
