import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { openDatabase } from "@/adapters/sqlite/database.ts";
import { LOG_MIGRATIONS, openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { DAY } from "@/domain/hours.ts";
import { follow } from "@/tests/contracts/log/log_under_test.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, silent as logger } from "@/tests/support/samples.ts";

/** How many migrations a log had before its rows were packs. */
const EARLIER = 1;
const TOPIC = "t";

let folder: string;
let passed = 0;
const clock = { ...systemClock, now: () => systemClock.now() + passed };
beforeEach(async () => {
  folder = await Deno.makeTempDir();
  passed = 0;
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const path = () => join(folder, "log.db");
const open = () => openEventLog({ path: path(), clock, ids, logger, partitions: 1 });
const place = (next?: number) => ({ topic: TOPIC, partition: 0, next: next === undefined ? undefined : String(next) });

/** Appends as the version before does, by a process that knows `migrations`. */
async function appendEarlier(migrations: typeof LOG_MIGRATIONS, ...values: string[]): Promise<void> {
  const log = openDatabase({ path: path(), clock, migrations });
  await log.transaction(({ get, run }) => {
    if (get("SELECT 1 FROM log") === undefined) run("INSERT INTO log (id, partitions) VALUES ('earlier', 1)");
    const next = Number(get("SELECT next FROM head WHERE topic = ?", TOPIC)?.next ?? 0);
    values.forEach((value, at) => {
      const { key, headers, value: bytes } = message(TOPIC, "k", value);
      run(
        "INSERT INTO message (topic, partition, position, key, headers, value, time) VALUES (?, 0, ?, ?, ?, ?, ?)",
        ...[TOPIC, next + at, key, JSON.stringify(headers), bytes, clock.now()],
      );
    });
    run(
      "INSERT INTO head (topic, partition, next) VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET next = excluded.next",
      TOPIC,
      next + values.length,
    );
    return Promise.resolve();
  });
  await log.close();
}

const earlier = (...values: string[]) => appendEarlier(LOG_MIGRATIONS.slice(0, EARLIER), ...values);

describe("a log of the version before", () => {
  it("is read on by a group where it left off, with the same positions, and is one with what is appended", async () => {
    await earlier("0", "1", "2");
    const log = await open();
    expect(await log.id()).toBe("earlier");
    await log.append(["3", "4"].map((value) => message(TOPIC, "k", value)));
    await log.append([message(TOPIC, "k", "5")]);
    const left = new Map([[`${TOPIC}/0`, "1"]]);
    const goesOn = follow(log, "goes-on", TOPIC, { from: left });
    const all = follow(log, "all", TOPIC);
    await eventually(() => goesOn.seen.length === 5 && all.seen.length === 6);
    expect(goesOn.values()).toEqual(["1", "2", "3", "4", "5"]);
    expect(all.seen.map(({ position }) => position)).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(all.seen[0]!.headers).toEqual(message(TOPIC, "k", "0").headers);
    expect(await log.partitions([TOPIC])).toEqual([{ topic: TOPIC, partition: 0, first: "0", whole: true }]);
    expect(await log.lag([place(), place(2), place(4)])).toEqual([6, 4, 2]);
    for (const { consumer } of [goesOn, all]) await consumer.stop();
    await log.close();
  });

  it("may be appended to by a process of that version until one of this has, as it would pass a pack over", async () => {
    await earlier("0");
    const log = await open();
    const { values, consumer } = follow(log, "g", TOPIC);
    await appendEarlier(LOG_MIGRATIONS, "1", "2");
    await log.append(["3", "4"].map((value) => message(TOPIC, "k", value)));
    await expect(appendEarlier(LOG_MIGRATIONS, "5")).rejects.toThrow("replace this process");
    await log.append([message(TOPIC, "k", "5")]);
    await eventually(() => values().length === 6);
    expect(values()).toEqual(["0", "1", "2", "3", "4", "5"]);
    await consumer.stop();
    await log.close();
  });

  it("loses the oldest first when it is trimmed", async () => {
    await earlier("0", "1");
    const log = await open();
    passed += 2 * DAY;
    await log.append([message(TOPIC, "k", "2")]);
    passed += 2 * DAY;
    const before = (days: number) => ({ read: clock.now() - days * DAY, any: clock.now() - days * DAY });
    expect([await log.trim(before(3), 100), await log.lag([place()])]).toEqual([2, [1]]);
    expect(await log.partitions([TOPIC])).toEqual([{ topic: TOPIC, partition: 0, first: "2", whole: false }]);
    expect([await log.trim(before(1), 100), await log.lag([place()])]).toEqual([1, [0]]);
    await log.close();
  });
});
