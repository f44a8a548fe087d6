import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/event_log.ts";
import { createMemoryWebStore } from "@/adapters/memory/web_store.ts";
import { openWebStore as openMysqlStore } from "@/adapters/mysql/web_store.ts";
import { openWebStore as openSqliteStore } from "@/adapters/sqlite/web_store.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { createBus } from "@/application/messaging/commands/bus.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { Refused, Unavailable } from "@/application/faults.ts";
import { type EventLog, MAX_APPEND_MS } from "@/application/messaging/wire/event_log.ts";
import { startRelay } from "@/application/messaging/outbox/relay.ts";
import { replay } from "@/application/messaging/dead_letters/desk.ts";
import { SHARDS } from "@/application/messaging/outbox/shards.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { Changes } from "@/application/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { HOUR } from "@/domain/hours.ts";
import { webSinks } from "@/services/web/app.ts";
import { databaseFor, SERVERS } from "@/tests/support/mysql.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, silent as logger, text } from "@/tests/support/samples.ts";

type Sent = { key: string | null; value: string | null };

const add = (store: WebStore, values: string[], key = (_value: string, _at: number): string => "k") =>
  store.uow.run(({ outbox }) =>
    outbox.add(values.map((value, at) => message(TOPICS.catalogEvents, key(value, at), value)))
  );

/** A relay whose pauses are short. */
function relay(store: WebStore, log: EventLog, owner = "one", clock = quick, changes = store.changes()) {
  return startRelay({ ...store, changes, log, clock, logger, owner });
}
const quick = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal) };

/** A log that keeps what is sent, after a look at it. */
function recording(look?: (batch: Sent[]) => void | Promise<void>) {
  const sent: Sent[] = [];
  const log: EventLog = {
    ...createMemoryLog(),
    async append(messages) {
      const batch = messages.map((one) => ({ key: text(one.key), value: text(one.value) }));
      await look?.(batch);
      sent.push(...batch);
    },
  };
  return { log, sent, values: () => sent.map(({ value }) => value) };
}

/** A time that the test moves, for a store's leases and the relays on it. */
function byHand() {
  let now = 1_000_000;
  return {
    now: () => now,
    clock: { now: () => now, sleep: quick.sleep },
    pass: (ms: number) => void (now += ms),
  };
}

/** Two handles on one store, as two processes have, on every kind of store that this run has. */
const STORES = [
  {
    name: "SQLite",
    async open() {
      const folder = await Deno.makeTempDir();
      const stores = [1, 2].map(() => openSqliteStore({ path: join(folder, "web.db"), clock: systemClock }));
      const close = async () => {
        for (const store of stores) await store.close();
        await Deno.remove(folder, { recursive: true });
      };
      return { stores, close };
    },
  },
  ...SERVERS.map(({ name, url }) => ({
    name,
    async open() {
      const database = databaseFor(url);
      const parts = { server: { url }, name: database.name, clock: systemClock };
      const stores = [await openMysqlStore(parts), await openMysqlStore(parts)];
      const close = async () => {
        for (const store of stores) await store.close();
        await database.drop();
      };
      return { stores, close };
    },
  })),
];

describe("the relay", () => {
  it("sends rows in their order and leaves the outbox empty", async () => {
    const store = createMemoryWebStore();
    await add(store, ["1", "2"]);
    const { log, values } = recording();
    const running = relay(store, log);
    await add(store, ["3"]);
    await eventually(async () => await store.outbox.size() === 0);
    expect(values()).toEqual(["1", "2", "3"]);
    await running.stop();
  });

  it("keeps rows while the log is gone, says so, and sends all of them in order afterwards", async () => {
    const store = createMemoryWebStore();
    let gone = true;
    const { log, values } = recording(() => {
      if (gone) throw new Unavailable("the log is gone");
    });
    const running = relay(store, log);
    await add(store, ["1", "2"]);
    await eventually(() => !running.state().healthy);
    await add(store, ["3"]);
    expect([values(), await store.outbox.size()]).toEqual([[], 3]);
    gone = false;
    await eventually(() => values().length === 3);
    expect(values()).toEqual(["1", "2", "3"]);
    await eventually(() => running.state().healthy);
    await running.stop();
  });

  it("sends at once when something is stored, however long nothing was", async () => {
    const store = createMemoryWebStore();
    const waits: number[] = [];
    let waitsBefore = 0;
    const { log, values } = recording(() => void (waitsBefore = waits.length));
    const real = store.changes();
    const changes: Changes = {
      // Waits grow while nothing is stored, and pass at once here; the longest one ends by a change alone.
      wait(atMost, signal) {
        waits.push(atMost);
        return waits.at(-2) === atMost ? real.wait(HOUR, signal) : Promise.resolve();
      },
    };
    const running = relay(store, log, "one", systemClock, changes);
    await eventually(() => waits.length > 2 && waits.at(-1) === waits.at(-2));
    const waited = waits.length;
    await add(store, ["1"]);
    await eventually(() => values().length === 1);
    expect(waitsBefore).toBe(waited);
    await running.stop();
  });

  it("sets a row that the log refuses aside with its bytes, and sends all others in their order", async () => {
    const store = createMemoryWebStore();
    const bad = new Set(["17", "18", "40"]);
    const { log, values } = recording((batch) => {
      if (batch.some(({ value }) => bad.has(value!))) throw new Refused("MESSAGE_TOO_LARGE: wanted less");
    });
    const all = Array.from({ length: 41 }, (_, at) => String(at));
    await add(store, all, (_, at) => `k${at % 3}`);
    const running = relay(store, log);
    await eventually(async () => await store.outbox.size() === 0);
    for (const key of [0, 1, 2]) {
      const own = (value: string | null) => Number(value) % 3 === key;
      expect(values().filter(own)).toEqual(all.filter((value) => own(value) && !bad.has(value)));
    }
    expect(values().length).toBe(38);
    const letters = await store.deadLetters.list({}, 0, 10);
    const byValue = letters.toSorted((a, b) => Number(text(a.message.value)) - Number(text(b.message.value)));
    expect(byValue.map(({ consumer, reason, detail, message }) => [consumer, reason, detail, text(message.value)]))
      .toEqual(["17", "18", "40"].map((value) => ["relay", "refused", "MESSAGE_TOO_LARGE: wanted less", value]));
    expect(byValue.map(({ message: { topic, key } }) => [topic, text(key)])).toEqual([
      [TOPICS.catalogEvents, "k2"],
      [TOPICS.catalogEvents, "k0"],
      [TOPICS.catalogEvents, "k1"],
    ]);
    expect(running.state()).toMatchObject({ healthy: true, relayed: 38, refused: 3 });
    await running.stop();
  });

  it("a row that was refused is sent when its letter is replayed", async () => {
    const store = createMemoryWebStore();
    let small = true;
    const { log, sent } = recording((batch) => {
      if (small && batch.some(({ value }) => value === BIG)) throw new Refused("too large");
    });
    const BIG = JSON.stringify({ text: "x".repeat(100) });
    const event = { id: "e1", source: "/t", type: CATALOG.bookAdded, data: { text: "x".repeat(100) } };
    await store.uow.run(({ outbox }) => outbox.add([{ topic: TOPICS.catalogEvents, ...encode(event, "k") }]));
    const running = relay(store, log);
    const [letter] = await eventually(async () => {
      const letters = await store.deadLetters.list({}, 0, 10);
      return letters.length > 0 && letters;
    });
    small = false;
    const sinks = webSinks(createBus([]), { store, ids });
    const again = await Array.fromAsync(replay({ deadLetters: store.deadLetters, sinks, clock: quick, logger }));
    expect(again).toEqual([{ id: letter!.id, came: "replayed" }]);
    await eventually(() => sent.length === 1);
    expect([sent, await store.deadLetters.count()]).toEqual([[{ key: "k", value: BIG }], 0]);
    await running.stop();
  });

  it("an outage while it looks for a refused row sets nothing aside", async () => {
    const store = createMemoryWebStore();
    let calls = 0;
    const { log, values } = recording((batch) => {
      if ([2, 4, 7, 9].includes(++calls)) throw new Unavailable("gone for a moment");
      if (batch.some(({ value }) => value === "bad")) throw new Refused("too large");
    });
    await add(store, ["1", "2", "bad", "3", "4"]);
    const running = relay(store, log);
    await eventually(async () => await store.outbox.size() === 0);
    expect([...new Set(values())]).toEqual(["1", "2", "3", "4"]);
    expect((await store.deadLetters.list({}, 0, 10)).length).toBe(1);
    await running.stop();
  });

  it("several share the shards evenly, a key always goes through one of them, and one that stops hands its own over", async () => {
    const store = createMemoryWebStore();
    const logs = [recording(), recording(), recording()];
    const relays = logs.map(({ log }, at) => relay(store, log, `relay ${at}`));
    const shares = () => relays.map((one) => one.state().shards).sort();
    await eventually(() => shares().join() === "2,3,3");
    const all = Array.from({ length: 400 }, (_, at) => String(at));
    for (let at = 0; at < 400; at += 40) await add(store, all.slice(at, at + 40), (value) => `k${Number(value) % 40}`);
    await eventually(async () => await store.outbox.size() === 0);
    for (const { sent } of logs) expect(sent.length).toBeGreaterThan(0);
    for (let key = 0; key < 40; key++) {
      const senders = logs.filter(({ sent }) => sent.some((one) => one.key === `k${key}`));
      expect(senders.length).toBe(1);
      expect(senders[0]!.sent.filter((one) => one.key === `k${key}`).map(({ value }) => Number(value)))
        .toEqual(Array.from({ length: 10 }, (_, at) => key + 40 * at));
    }
    await relays[1]!.stop();
    await eventually(() => relays[0]!.state().shards + relays[2]!.state().shards === SHARDS);
    await add(store, all.slice(0, 40), (value) => `k${value}`);
    await eventually(async () => await store.outbox.size() === 0);
    await Promise.all(relays.map((one) => one.stop()));
  });

  for (const { name, open } of STORES) {
    it(`two processes on ${name} share the work: all is sent, each key by one of them and in the order of its commits`, async () => {
      const { stores, close } = await open();
      const logs = [recording(), recording()];
      const relays = logs.map(({ log }, at) => relay(stores[at]!, log, `relay ${at}`, systemClock));
      await eventually(() => relays.every((one) => one.state().shards === SHARDS / 2));
      for (let at = 0; at < 20; at++) {
        const values = Array.from({ length: 40 }, (_, key) => String(at * 40 + key));
        await add(stores[at % 2]!, values, (value) => `k${Number(value) % 40}`);
      }
      await eventually(async () => await stores[0]!.outbox.size() === 0);
      for (const { sent } of logs) expect(sent.length).toBeGreaterThan(0);
      for (let key = 0; key < 40; key++) {
        const own = logs.map(({ sent }) => sent.filter((one) => one.key === `k${key}`));
        const [values] = own.filter((sent) => sent.length > 0);
        expect(own.filter((sent) => sent.length > 0).length).toBe(1);
        expect(values!.map(({ value }) => Number(value))).toEqual(Array.from({ length: 20 }, (_, at) => key + 40 * at));
      }
      await Promise.all(relays.map((one) => one.stop()));
      await close();
    });
  }

  it("another relay begins with the shards of one that is gone only after its lease and its longest send", async () => {
    const { now, clock, pass } = byHand();
    const store = createMemoryWebStore({ now });
    const hangs = Promise.withResolvers<void>();
    const stuck = recording(() => hangs.promise);
    await add(store, ["1"]);
    const hasty = { wait: () => systemClock.sleep(1) };
    const gone = relay(store, stuck.log, "gone", clock, hasty);
    await eventually(() => gone.state().shards === SHARDS);
    const { log, values } = recording();
    let rounds = 0;
    const counted = { wait: () => hasty.wait().then(() => void rounds++) };
    const next = relay(store, log, "next", clock, counted);
    for (let passed = 0; passed < MAX_APPEND_MS; passed += 100) {
      pass(100);
      // The round at hand may have begun before.
      const from = rounds;
      await eventually(() => rounds >= from + 2);
    }
    expect([values(), next.state().shards]).toEqual([[], 0]);
    await eventually(() => {
      pass(100);
      return next.state().shards === SHARDS;
    });
    await eventually(() => values().length === 1);
    // The first one wakes up again: what it had sent stays sent, but it removes nothing, nor sends what is another's by now.
    await add(store, ["2"]);
    hangs.resolve();
    await eventually(() => values().length === 2);
    expect(stuck.values()).toEqual(["1"]);
    await next.stop();
    await gone.stop();
  });

  it("a row that was sent by an owner who has lost the shard is not removed by it", async () => {
    const store = createMemoryWebStore();
    const { log, values } = recording(async () => {
      // While the append is on its way somebody else has the shards.
      if (values().length > 0) return;
      const held = [...(await store.leases.owners("relay/shard/", 60_000)).keys()];
      await store.leases.release("packs/one", held);
      await store.leases.take("other", held, 60_000);
    });
    await add(store, ["1"]);
    const running = relay(store, log);
    await eventually(() => values().length === 1);
    await eventually(() => running.state().shards === 0);
    expect([await store.outbox.size(), running.state().relayed]).toEqual([1, 0]);
    await running.stop();
  });
});
