import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { runKafkajs } from "@/bench/bare/beside.ts";
import { runHono, startHono } from "@/bench/bare/hono.ts";
import { runSqlite } from "@/bench/bare/sqlite.ts";
import { OWN } from "@/tests/support/processes/launch.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

describe("a baseline in a process of its own", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await Deno.makeTempDir();
  });
  afterEach(() => Deno.remove(folder, { recursive: true }));

  it("inserts into a plain table of SQLite", async () => {
    expect(await runSqlite({ file: `${folder}/plain.db`, events: 1_000, batch: 100 })).toBeGreaterThan(0);
  });

  it("answers on a bare Hono route, with a socket and without", async () => {
    expect(await runHono({ id: "1" }, 100)).toBeGreaterThan(0);
    const bare = await startHono({ id: "1" });
    try {
      expect(await (await fetch(`${bare.url}/v1/books/1`)).json()).toEqual({ id: "1" });
    } finally {
      await bare.stop();
    }
  });

  if (brokers !== "") {
    it("produces and consumes with kafkajs, as it is and with each of our patches", async () => {
      const options = { brokers, topic: `bench-${crypto.randomUUID()}`, messages: 600 };
      for (const work of ["produce", "consume"] as const) {
        const stock = await runKafkajs({ ...options, work, patched: false });
        const patched = await runKafkajs({ ...options, work, patched: true });
        expect(stock.patches).toEqual([]);
        expect(patched.patches).toEqual(["connection", "produce", "requestQueue"]);
        expect(Math.min(stock.perSecond, patched.perSecond)).toBeGreaterThan(0);
      }
    });
  }

  it("says why it failed", async () => {
    const options = { file: `${folder}/missing/plain.db`, events: 1, batch: 1 };
    await expect(runSqlite(options)).rejects.toThrow(/^bench\/bare\/sqlite.ts failed: .*unable to open database file/s);
  });
});

describe("the bench", () => {
  const decoder = new TextDecoder();
  async function bench(...args: string[]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-P=bench", "bench/main.ts", ...args],
      env: OWN,
    }).output();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  }

  it("refuses a name that it does not know, and a size that is none", async () => {
    const unknown = await bench("pipelin");
    expect([unknown.code, unknown.out]).toEqual([1, ""]);
    expect(unknown.err).toMatch(/no such benchmark: pipelin; wanted embedded, mysql, mariadb, pipeline/);
    expect((await bench("pipeline", "--events", "none")).code).toBe(1);
  });

  it("prints a part alone, and keeps its figures", async () => {
    const file = await Deno.makeTempFile();
    const { code, out, err } = await bench("projection", "embedded", "--events", "500", "--json", file);
    expect([code, err]).toEqual([0, expect.not.stringContaining("error")]);
    expect(out).toMatch(/projections of 1000 views: trend [\d,]+\/s, recommendation [\d,]+\/s/);
    const kept = (await Deno.readTextFile(file)).trim().split("\n").map((line) => JSON.parse(line));
    expect(kept.map(({ bench, on, figure, unit, events }) => [bench, on, figure, unit, events])).toEqual([
      ["projection", "embedded", "trend", "1/s", 500],
      ["projection", "embedded", "recommendation", "1/s", 500],
    ]);
    await Deno.remove(file);
  });

  it("names what it leaves out where a server is missing", async () => {
    const { code, out } = await bench("relay");
    expect(code).toBe(0);
    expect(out).toMatch(/left out: the relay from SQLite to Kafka, as there is no KAFKA_BROKERS/);
    expect(out).toMatch(/left out: Kafka and mariadb .*KAFKA_BROKERS, MARIADB_URL/);
  });
});
