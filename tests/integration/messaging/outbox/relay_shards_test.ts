import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { openWebStore as openMysqlStore } from "@/adapters/mysql/stores/web_store.ts";
import { openWebStore as openSqliteStore } from "@/adapters/sqlite/stores/web_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { MAX_APPEND_MS } from "@/application/messaging/wire/event_log.ts";
import { withRelaysPaused } from "@/application/messaging/outbox/pause_relays.ts";
import { HELD_MS } from "@/application/messaging/outbox/shard_leases.ts";
import { SHARDS } from "@/application/messaging/outbox/shards.ts";
import { databaseFor, SERVERS } from "@/tests/support/databases/mysql.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { add, byHand, recording, relay } from "@/tests/support/messaging/relays.ts";

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

const openMemory = () => {
  const store = createMemoryWebStore();
  return Promise.resolve({ stores: [store, store], close: () => store.close() });
};

describe("relays that share the outbox", () => {
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

  for (const { name, open } of [...STORES, { name: "memory", open: openMemory }]) {
    it(`on ${name} send nothing while they are paused, and then what has waited, in its order`, async () => {
      const { stores, close } = await open();
      // A shard may go from one relay to the other, so what both send is kept in one order.
      const { log, ...recorded } = recording();
      const relays = stores.map((store, at) => relay(store, log, `relay ${at}`, systemClock));
      const sent = () => recorded.sent.length;
      await eventually(() => relays.every((one) => one.state().shards === SHARDS / 2));
      await add(stores[0]!, ["0", "1"], (value) => `k${value}`);
      await eventually(() => sent() === 2);
      const { leases } = stores[1]!;
      await withRelaysPaused({ leases, clock: systemClock, owner: "pause" }, async (stillPaused) => {
        for (let at = 2; at < 40; at++) await add(stores[at % 2]!, [String(at)], (value) => `k${Number(value) % 4}`);
        const second = withRelaysPaused({ leases, clock: systemClock, owner: "second" }, () => Promise.resolve());
        await expect(second).rejects.toThrow(/another command has paused the relays/);
        // Longer than the pause would last if it were not renewed.
        await systemClock.sleep(HELD_MS + 1_000);
        await stillPaused();
        expect([sent(), relays.flatMap((one) => one.state().vacant)]).toEqual([2, []]);
      });
      await eventually(() => sent() === 40);
      for (let key = 0; key < 4; key++) {
        const values = recorded.sent.filter((one) => one.key === `k${key}`).map(({ value }) => Number(value));
        expect(values).toEqual(values.toSorted((a, b) => a - b));
      }
      await Promise.all(relays.map((one) => one.stop()));
      await close();
    });
  }

  it("are paused too where one looked for free shards before the pause, and takes them after it", async () => {
    const store = createMemoryWebStore();
    const [looked, mayTake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const owners: typeof store.leases.owners = async (...of) => {
      const found = await store.leases.owners(...of);
      looked.resolve();
      await mayTake.promise;
      return found;
    };
    await add(store, ["1"]);
    const { log, values } = recording();
    const slow = relay({ ...store, leases: { ...store.leases, owners } }, log, "slow", systemClock);
    await looked.promise;
    await withRelaysPaused({ leases: store.leases, clock: systemClock, owner: "pause" }, async (stillPaused) => {
      mayTake.resolve();
      await systemClock.sleep(300);
      await stillPaused();
      expect(values()).toEqual([]);
    });
    await eventually(() => values().length === 1);
    await slow.stop();
  });

  it("are not paused where one keeps its shards, or where the pause could not be kept", async () => {
    const { now, clock, pass } = byHand();
    const store = createMemoryWebStore({ now });
    const parts = { leases: store.leases, clock, owner: "pause" };
    await store.leases.take("of a version before", ["relay/shard/3"], HELD_MS);
    await expect(withRelaysPaused(parts, () => Promise.resolve())).rejects.toThrow(/relay\/shard\/3.*stop it/);
    await store.leases.release("of a version before", ["relay/shard/3"]);
    const work = async (stillPaused: () => Promise<void>) => {
      pass(HELD_MS + 1);
      await store.leases.take("another", ["relay/pause"], HELD_MS);
      await stillPaused();
    };
    await expect(withRelaysPaused(parts, work)).rejects.toThrow(/the relays went on meanwhile/);
  });

  it("take no shards in a pause, and are not taken for paused where one had a shard while the command slept past its lease", async () => {
    const { now, clock, pass } = byHand();
    const store = createMemoryWebStore({ now });
    const parts = { leases: store.leases, clock, owner: "pause" };
    const take = () => store.leases.take("had not seen it yet", ["relay/shard/3"], HELD_MS);
    await withRelaysPaused(parts, async (stillPaused) => {
      expect(await take()).toEqual(new Map());
      await stillPaused();
    });
    const sleep = async (stillPaused: () => Promise<void>) => {
      pass(HELD_MS + 1);
      expect((await take()).size).toBe(1);
      await store.leases.release("had not seen it yet", ["relay/shard/3"]);
      await stillPaused();
    };
    await expect(withRelaysPaused(parts, sleep)).rejects.toThrow(/the relays went on meanwhile/);
  });

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
