import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import type { SyncStatements } from "@/adapters/sqlite/connection/connection.ts";
import { openDatabase } from "@/adapters/sqlite/database.ts";
import { LOG_MIGRATIONS, openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { follow } from "@/tests/contracts/log/log_under_test.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, silent as logger } from "@/tests/support/samples.ts";

const TOPIC = "t";

let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir();
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const path = () => join(folder, "log.db");
const open = () => openEventLog({ path: path(), clock, ids, logger, partitions: 1 });
const BEGIN = { topic: TOPIC, partition: 0, next: undefined };

/** Damages the file of the log as a fault of the disk does. */
async function damage(work: (statements: SyncStatements) => unknown): Promise<void> {
  const database = openDatabase({ path: path(), clock, migrations: LOG_MIGRATIONS });
  await database.transaction((statements) => Promise.resolve(work(statements)));
  await database.close();
}

describe("a pack of the log", () => {
  it("is read on from inside of it, and the batch after it begins where it ends", async () => {
    const log = await open();
    const values = Array.from({ length: 700 }, (_, at) => String(at));
    await log.append(values.map((value) => message(TOPIC, "k", value)));
    const seen = follow(log, "g", TOPIC, { from: new Map([[`${TOPIC}/0`, "100"]]) });
    await eventually(() => seen.seen.length === 600);
    expect(seen.values()).toEqual(values.slice(100));
    expect(seen.seen.map(({ position }) => position)).toEqual(values.slice(100));
    await seen.consumer.stop();
    await log.close();
  });

  it("that has not as many messages as its row says is no message, and is named", async () => {
    const log = await open();
    await log.append(["0", "1"].map((value) => message(TOPIC, "k", value)));
    await log.append([message(TOPIC, "k", "2")]);
    await damage(({ run }) =>
      run("UPDATE pack SET pack = (SELECT pack FROM pack AS other WHERE other.place > pack.place) WHERE count = 2")
    );
    const record = await log.unreadableAt(BEGIN);
    expect(record).toMatchObject({ position: "0", next: "2" });
    expect(record!.reason).toContain("it has 1 messages, not 2");
    await log.close();
  });

  it("of which one bit has changed is no message, wherever the bit is", async () => {
    const log = await open();
    await log.append(Array.from({ length: 100 }, () => message(TOPIC, "k", crypto.randomUUID())));
    let bytes = new Uint8Array();
    await damage(({ get }) => bytes = get("SELECT pack FROM pack")!.pack as Uint8Array<ArrayBuffer>);
    for (let at = 4; at < bytes.byteLength; at += 101) {
      const changed = bytes.with(at, bytes[at]! ^ 1);
      await damage(({ run }) => run("UPDATE pack SET pack = ?", changed));
      expect(await log.unreadableAt(BEGIN)).toMatchObject({ position: "0", next: "100" });
    }
    await damage(({ run }) => run("UPDATE pack SET pack = ?", bytes));
    expect(await log.unreadableAt(BEGIN)).toBeUndefined();
    await log.close();
  });

  it("that is missing between others is a gap, at which a reader halts", async () => {
    const log = await open();
    for (const value of ["0", "1", "2"]) await log.append([message(TOPIC, "k", value)]);
    await damage(({ run }) => run("DELETE FROM pack WHERE place = (SELECT MAX(place) - 1 FROM pack)"));
    const { values, consumer } = follow(log, "g", TOPIC);
    await eventually(() => consumer.state().halted.length === 1);
    expect(values()).toEqual(["0"]);
    await consumer.stop();
    await log.close();
  });
});
