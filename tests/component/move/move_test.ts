import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DatabaseSync } from "node:sqlite";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { encode } from "@/application/messaging/wire/codec.ts";
import { ALL_TOPICS, TOPICS } from "@/application/published/topics.ts";
import { moveSuite } from "@/application/moving/move_suite.ts";
import type { Report } from "@/application/moving/report.ts";
import { withTime } from "@/application/moving/with_time.ts";
import { statementsOf } from "@/adapters/sqlite/connection/connection.ts";
import { sourceIn } from "@/services/cli/move/open_stores.ts";
import { drained } from "@/tests/support/suites/drained.ts";
import { openSuite, servicesOf } from "@/tests/support/suites/embedded_suite.ts";
import { fillEmbedded } from "@/tests/support/suites/fill_embedded.ts";
import { Killed, type MemoryTarget, memoryTarget, mortal } from "@/tests/support/messaging/memory_target.ts";
import { storedIn } from "@/tests/support/messaging/stored_log.ts";

type Target = Pick<MemoryTarget, "stores" | "log">;

/** Moves what is in the folder; the report it gave is also there when it throws. */
async function move(folder: string, { stores, log }: Target, more: { dryRun?: boolean; seen?: Report[] } = {}) {
  const source = sourceIn(folder);
  const seen = more.seen ?? [];
  try {
    await moveSuite({
      source,
      stores,
      log,
      topics: ALL_TOPICS,
      dryRun: more.dryRun === true,
      batchSize: 7,
      now: () => 0,
      progress: () => {},
      report: (report) => seen.push(report),
    });
  } finally {
    source.close();
  }
  return seen[0]!;
}

describe("moving an embedded suite", () => {
  let folder: string;
  let whole: MemoryTarget;
  let report: Report;
  before(async () => {
    folder = await Deno.makeTempDir();
    await fillEmbedded(folder);
    whole = memoryTarget();
    report = await move(folder, whole);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  const copied = () => {
    const copy = Deno.makeTempDirSync();
    cpSync(folder, copy, { recursive: true });
    return { folder: copy, [Symbol.dispose]: () => Deno.removeSync(copy, { recursive: true }) };
  };

  it("counts every table on both sides, and what each consumer has not read", () => {
    const counts = Object.fromEntries(report.tables.map(({ store, table, source }) => [`${store}.${table}`, source]));
    expect(counts).toMatchObject({
      "web.book": 14,
      "web.isbn": 3,
      "web.idempotency_key": 1,
      "trend.letter": 1,
      "recommendation.erased_reader": 1,
    });
    expect(counts["web.outbox"]).toBeGreaterThan(0);
    expect(counts["trend.vote"]).toBeGreaterThan(0);
    for (const { source, target } of report.tables) expect(target).toBe(source);
    const { trend, recommendation } = report.unreadBy;
    expect(report.unreadBy).toMatchObject({ "catalog-commands": 1, "activity-commands": 1 });
    expect(recommendation!).toBeGreaterThan(trend!);
    expect(trend!).toBeGreaterThan(1);
    for (const { unread, sent, held } of report.topics) expect([sent, held]).toEqual([unread, unread]);
  });

  it("keeps the order of each partition, and sends nothing that every consumer has read", () => {
    const log = new DatabaseSync(join(folder, "log.db"));
    const stored = storedIn(statementsOf(log));
    log.close();
    const idsByKey = (messages: [unknown, unknown, unknown][]) =>
      Map.groupBy(messages, ([topic, key]) => `${topic} ${key}`).entries().map(([key, own]) => ({
        key,
        ids: own.map(([, , id]) => id),
      })).toArray();
    const before = new Map(
      idsByKey(stored.map(({ topic, key, headers }) => [topic, String(key), headers.ce_id])).map((
        { key, ids },
      ) => [key, ids]),
    );
    const sent = idsByKey(whole.messages.map(({ topic, key, headers }) => [topic, String(key), headers.ce_id]));
    for (const { key, ids } of sent) expect(ids).toEqual(before.get(key)!.slice(-ids.length));
    const all = sent.flatMap(({ ids }) => ids);
    expect(["new-to-trend", "c1", "c2"].filter((id) => all.includes(id))).toHaveLength(3);
    expect(all).not.toContain("new-to-both");
    expect(all.length).toBeLessThan(stored.length);
  });

  it("moves the dead letters whose messages do not come again, and says how many stay behind", () => {
    const letters = Object.values(whole.rows).flatMap((tables) => tables.get("letter") ?? []);
    expect(letters.map(({ consumer, headers }) => [consumer, JSON.parse(String(headers)).ce_id]).sort()).toEqual([
      ["recommendation", "new-to-both"],
      ["trend", "new-to-both"],
    ]);
    expect(report.deadLettersAgain).toBe(1);
  });

  it("ends with the same when it is interrupted before or after each of its writes", async () => {
    const rowsOf = ({ rows }: MemoryTarget) => Object.values(rows).map((tables) => Object.fromEntries(tables));
    for (const when of ["before", "after"] as const) {
      const target = memoryTarget();
      const guarded = mortal(target);
      let kills = 0;
      for (let writes = 2;; writes = writes % 4 + 1) {
        // A write that is sent and not noted is sent again, so that one write a run would never end.
        guarded.dieAt(Math.max(when === "before" ? 3 : 2, writes), when);
        try {
          await move(folder, guarded);
          break;
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          kills++;
          // A run that does not go on where the last one was would never end.
          expect(kills).toBeLessThan(400);
        }
      }
      expect(kills).toBeGreaterThan(20);
      expect(rowsOf(target)).toEqual(rowsOf(whole));
      const distinct = new Set(target.messages.map((message) => JSON.stringify(message)));
      expect([...distinct]).toEqual(whole.messages.map((message) => JSON.stringify(message)));
    }
  });

  it("does nothing when it is run again after its end", async () => {
    const [rows, messages] = [JSON.stringify(whole.rows), whole.messages.length];
    expect((await move(folder, whole)).outcome).toBe("moved-before");
    expect([JSON.stringify(whole.rows), whole.messages.length]).toEqual([rows, messages]);
  });

  it("copies nothing in a dry run", async () => {
    const target = memoryTarget();
    expect((await move(folder, target, { dryRun: true })).outcome).toBe("dry-run");
    expect([target.rows.web.size, target.messages.length, (await target.stores.web.notes()).size]).toEqual([0, 0, 0]);
  });

  it("leaves a suite that opens again, as it was, after a dry run", async () => {
    using copy = copied();
    const files = ["web", "trend", "recommendation", "log"].map((name) => join(copy.folder, `${name}.db`));
    const bytes = () => files.map((file) => crc32(readFileSync(file)));
    const before = bytes();
    await move(copy.folder, memoryTarget(), { dryRun: true });
    expect(bytes()).toEqual(before);
    const suite = await openSuite({ DATA_DIR: copy.folder });
    await suite.close();
  });

  it("refuses files that are not as the suite has left them", () => {
    using copy = copied();
    const log = new DatabaseSync(join(copy.folder, "log.db"));
    log.exec("UPDATE pack SET time = time + 1");
    log.close();
    expect(() => sourceIn(copy.folder)).toThrow(/log\.db: its bytes are not those that the suite has left/);
  });

  it("refuses a suite that is open anywhere, and lets none start on it meanwhile", async () => {
    using copy = copied();
    const suite = await openSuite({ DATA_DIR: copy.folder });
    expect(() => sourceIn(copy.folder)).toThrow(/web\.db is in use: stop every process of the suite/);
    await suite.close();
    const source = sourceIn(copy.folder);
    const reader = new DatabaseSync(join(copy.folder, "trend.db"), { timeout: 0 });
    expect(() => reader.prepare("SELECT 1 FROM vote").all()).toThrow("database is locked");
    reader.close();
    source.close();
  });

  it("refuses a target with rows or messages that are not this move's", async () => {
    const rows = memoryTarget();
    await rows.stores.trend.put({ table: "vote", rows: [{ weight: 1 }] }, {});
    await expect(move(folder, rows)).rejects.toThrow(
      /trend database .* another suite's data: wanted none, found 1 row in vote/,
    );
    const messages = memoryTarget();
    await messages.log.append([{ topic: TOPICS.catalogEvents, key: null, headers: {}, value: null }]);
    await expect(move(folder, messages)).rejects.toThrow(
      /another suite's messages: wanted none, found 1 message in bookstream.catalog.events/,
    );
    const other = memoryTarget();
    await other.stores.web.put(undefined, { source: "someone", state: "x" });
    await expect(move(folder, other)).rejects.toThrow(/belongs to the move of another suite: wanted .*, found someone/);
    const moved = { ...whole, log: { ...whole.log, id: () => Promise.resolve("elsewhere") } };
    await expect(move(folder, moved)).rejects.toThrow("has begun with another event log: wanted log, found elsewhere");
  });

  it("says which counts differ", async () => {
    const target = memoryTarget();
    const { trend } = target.stores;
    const losing = {
      ...trend,
      put: (rows?: Parameters<typeof trend.put>[0], notes = {}) =>
        trend.put(rows?.table === "bucket" ? undefined : rows, notes),
    };
    const stores = { ...target.stores, trend: losing };
    const seen: Report[] = [];
    await expect(move(folder, { stores, log: target.log }, { seen })).rejects.toThrow(
      /the counts differ:\n {2}trend\.bucket: \d+ rows in the source, 0 in the target$/,
    );
    expect(seen).toHaveLength(1);
    expect((await target.stores.web.notes()).has("finished")).toBe(false);
  });

  it("copies again what was begun when the suite has worked in between, and refuses it once it had ended", async () => {
    using copy = copied();
    const target = memoryTarget();
    // Killed when all rows are there and a message is on its way.
    const append = async (messages: Parameters<typeof target.log.append>[0]) => {
      await target.log.append(messages);
      throw new Killed();
    };
    await expect(move(copy.folder, { ...target, log: { ...target.log, append } })).rejects.toThrow(Killed);
    const suite = await openSuite({ DATA_DIR: copy.folder });
    const trend = await servicesOf(suite).trend();
    await trend.joined;
    await drained(copy.folder, ["trend"]);
    await trend.stop();
    await suite.close();
    const anew = await move(copy.folder, target);
    for (const { source, target } of anew.tables) expect(target).toBe(source);
    for (const { unread, sent, held } of anew.topics) {
      expect(sent).toBeGreaterThanOrEqual(unread);
      expect(held).toBeGreaterThanOrEqual(sent);
    }
    const fresh = memoryTarget();
    await move(copy.folder, fresh);
    // Dead letters apart: what the first attempt has sent comes again, so that dead letters of it stay behind.
    const rowsOf = ({ rows }: MemoryTarget) =>
      Object.values(rows).map((tables) => ({ ...Object.fromEntries(tables), letter: [] }));
    expect(rowsOf(target)).toEqual(rowsOf(fresh));

    const more = await openSuite({ DATA_DIR: copy.folder });
    const again = await servicesOf(more).trend();
    await again.joined;
    await again.stop();
    await more.close();
    await expect(move(copy.folder, target)).rejects.toThrow(
      "was moved already, but the embedded one has worked since then",
    );
  });

  it("refuses positions that do not belong to the log", async () => {
    using copy = copied();
    const change = (sql: string) => {
      const file = new DatabaseSync(join(copy.folder, "trend.db"));
      file.exec(sql);
      file.close();
      rmSync(join(copy.folder, "trend.db.sum"));
    };
    change("UPDATE consumer_position SET next = '999999' WHERE next IS NOT NULL");
    await expect(move(copy.folder, memoryTarget())).rejects.toThrow(
      /trend has read .* up to 999999, but the log ends at/,
    );
    change("UPDATE consumer_position SET log_id = 'kafka'");
    await expect(move(copy.folder, memoryTarget())).rejects.toThrow("the trend store has read log kafka");
  });

  it("refuses a folder without a suite", () => {
    expect(() => sourceIn(join(folder, "nothing"))).toThrow(/holds no embedded suite: .*web\.db is missing/);
  });

  it("gives a message without a time that of its first arrival, in either mode", () => {
    const incoming = { topic: "t", partition: 0, position: "0", next: "1", timestamp: Date.UTC(2026, 0, 2) };
    const view = { id: "e", source: "/test", type: "t.v1", data: { a: 1 } };
    const timed = { ...encode({ ...view, time: "2025-01-01T00:00:00Z" }, "k"), ...incoming };
    expect(withTime(timed).headers.ce_time).toBe("2025-01-01T00:00:00Z");
    expect(withTime({ ...encode(view, "k"), ...incoming }).headers.ce_time).toBe("2026-01-02T00:00:00.000Z");
    const structured = {
      key: null,
      headers: { "content-type": "application/cloudevents+json" },
      value: new TextEncoder().encode(JSON.stringify({ specversion: "1.0", ...view })),
    };
    const moved = JSON.parse(new TextDecoder().decode(withTime({ ...structured, ...incoming }).value!));
    expect(moved).toEqual({ specversion: "1.0", ...view, time: "2026-01-02T00:00:00.000Z" });
    const unreadable = { key: null, headers: {}, value: new Uint8Array([1]) };
    expect(withTime({ ...unreadable, ...incoming })).toEqual({ topic: "t", ...unreadable });
  });
});
