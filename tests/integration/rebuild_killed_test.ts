import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock } from "@/adapters/system/clock.ts";
import { HOUR } from "@/domain/hours.ts";
import { messageOf, Unavailable } from "@/application/messaging/faults.ts";
import type { EventLog, LogHistory } from "@/application/messaging/ports.ts";
import { planRebuild, RebuildRefused, startRebuild } from "@/application/messaging/rebuild.ts";
import type { Sink } from "@/application/messaging/sink.ts";
import type { TrendStore, TrendVersion } from "@/application/stores.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { mixture } from "@/tests/support/mixture.ts";

import { dump, END, lists, partsOf, rebuild, shop, START, trendSink } from "@/tests/support/rebuild_shop.ts";

/** A store whose process is killed at a transaction of the filled version: before it, or after it but before that is known. */
function killedAt(store: TrendStore, at: number, when: "before" | "after"): TrendStore & { transactions(): number } {
  let count = 0;
  return {
    ...store,
    transactions: () => count,
    at: (version) => ({
      ...store.at(version),
      uow: {
        async run(work) {
          count++;
          if (count > at || count === at && when === "before") throw new Unavailable("killed");
          const value = await store.at(version).uow.run(work);
          if (count === at) throw new Unavailable("killed");
          return value;
        },
      },
    }),
  };
}

describe("a rebuild that is killed", () => {
  const all = mixture(5, 260, START, END - HOUR);

  it("at any transaction has done no harm: run again it ends right", async () => {
    const clean = await shop(all);
    const counting = killedAt(clean.store, Infinity, "before");
    await rebuild({ ...clean, store: counting });
    const total = counting.transactions();
    expect(total).toBeGreaterThan(8);
    const [wanted, wantedLists] = [await dump(clean, 2), await lists(clean, 2)];
    for (let at = 1; at <= total; at++) {
      for (const when of ["before", "after"] as const) {
        const world = await shop(all);
        const killed = killedAt(world.store, at, when);
        const dying = await startRebuild(partsOf({ ...world, store: killed }), { anew: false, tell: () => {} });
        dying.done.catch(() => {});
        // A process that is dead says nothing; here its rest is stopped once it has come to the point.
        await eventually(() => killed.transactions() >= at);
        await systemClock.sleep(0);
        await dying.stop();
        const { version } = await world.store.live();
        if (version === 1) {
          expect(await dump(world, 1)).toEqual(wanted);
          await rebuild(world);
        }
        expect([at, when, (await world.store.live()).version]).toEqual([at, when, 2]);
        expect(await dump(world, 2)).toEqual(wanted);
        expect(await lists(world, 2)).toEqual(wantedLists);
      }
    }
  });

  it("goes on where it was, and begins again where that is wanted", async () => {
    const world = await shop(all);
    const clean = await shop(all);
    const counting = killedAt(clean.store, Infinity, "before");
    await rebuild({ ...clean, store: counting });
    const late = counting.transactions() - 3;
    const killed = killedAt(world.store, late, "after");
    const dying = await startRebuild(partsOf({ ...world, store: killed }), { anew: false, tell: () => {} });
    dying.done.catch(() => {});
    await eventually(() => killed.transactions() >= late);
    await dying.stop();
    const plan = await planRebuild(partsOf(world));
    expect(plan.resumes).toBe(true);
    expect(plan.messages).toBeLessThan(all.length);
    expect(plan.messages).toBeGreaterThan(0);
    const other = await shop(all);
    const again = killedAt(other.store, late, "after");
    const dyingToo = await startRebuild(partsOf({ ...other, store: again }), { anew: false, tell: () => {} });
    dyingToo.done.catch(() => {});
    await eventually(() => again.transactions() >= late);
    await dyingToo.stop();
    const [on, anew] = [await rebuild(world), await rebuild(other, {}, true)];
    expect([on.resumes, on.read]).toEqual([true, plan.messages]);
    expect([anew.resumes, anew.read]).toEqual([false, all.length]);
    for (const one of [world, other]) expect(await dump(one, 2)).toEqual(await dump(one, 1));
  });

  it("comes to its end although it gets no answer to any commit", async () => {
    const world = await shop(all);
    const sink = (version: TrendVersion): Sink => {
      const inner = trendSink(version);
      return {
        ...inner,
        async handle(received, guard) {
          await inner.handle(received, guard);
          throw new Unavailable("the answer was lost");
        },
      };
    };
    const running = await startRebuild(partsOf(world, { sink }), { anew: false, tell: () => {} });
    try {
      await eventually(async () => (await world.store.live()).version === 2);
    } finally {
      await running.stop();
    }
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
  });

  it("keeps others away until its lease has run out, and no longer", async () => {
    const world = await shop(all);
    const dead = { ...world.store, leases: { ...world.store.leases, release: () => Promise.resolve() } };
    const dying = await startRebuild(partsOf({ ...world, store: dead }), { anew: false, tell: () => {} });
    await dying.stop();
    await expect(rebuild(world)).rejects.toThrow(RebuildRefused);
    world.clock.pass(6_000);
    await rebuild(world);
    expect((await world.store.live()).version).toBe(2);
  });
});

describe("two rebuilds at once", () => {
  const all = mixture(11, 400, START, END - HOUR);

  it("one of them is refused", async () => {
    const world = await shop(all);
    const first = await startRebuild(partsOf(world), { anew: false, tell: () => {} });
    await expect(rebuild(world)).rejects.toThrow(/trend is being rebuilt by another process/);
    await first.done;
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
  });

  it("one that was held up beyond its lease does not show what another is filling", async () => {
    const world = await shop(all);
    const [gate, slow] = [held(), held()];
    // The first is held up, its whole process with it, just before it would show the new version.
    const zombie = await startRebuild(
      partsOf(world, {
        clock: {
          ...world.clock,
          sleep: (ms, signal) => ms > 1_000 ? asleepFor(signal) : world.clock.sleep(ms, signal),
        },
        log: {
          ...world.log,
          async lag(places) {
            const lags = await world.log.lag(places);
            if (places.length > 0 && lags.every((one) => one === 0)) await gate.wait();
            return lags;
          },
        },
      }),
      { anew: false, tell: () => {} },
    );
    zombie.done.catch(() => {});
    await gate.reached;
    world.clock.pass(6_000);
    const second = await startRebuild(partsOf(world, { log: readAt(slow, world.log) }), {
      anew: true,
      tell: () => {},
    });
    await slow.reached;
    gate.open();
    await expect(zombie.done).rejects.toThrow();
    expect((await world.store.live()).version).toBe(1);
    slow.open();
    expect((await second.done).read).toBe(all.length);
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
  });

  it("one that was held up until another had come to its end gives up, and keeps nobody from the next", async () => {
    const world = await shop(all);
    const [renewal, reading] = [held(), held()];
    let renewals = 0;
    const { leases } = world.store;
    const zombie = await startRebuild(
      partsOf(world, {
        store: {
          ...world.store,
          leases: {
            ...leases,
            take: (...asked) => leases.take(...asked).finally(() => renewals++),
          },
        },
        clock: {
          ...world.clock,
          sleep: async (ms, signal) => {
            if (ms > 1_000) await Promise.race([renewal.wait(), asleepFor(signal)]);
            await world.clock.sleep(ms, signal);
          },
        },
        log: readAt(reading, world.log),
      }),
      { anew: false, tell: () => {} },
    );
    let ended = "";
    zombie.done.catch((error) => ended = messageOf(error));
    await reading.reached;
    world.clock.pass(6_000);
    await rebuild(world, {}, true);
    renewal.open();
    await eventually(() => renewals >= 2);
    reading.open();
    try {
      await eventually(() => ended !== "");
    } finally {
      await zombie.stop();
    }
    expect(ended).toBe("another process has begun a rebuild");
    await rebuild(world);
    expect((await world.store.live()).version).toBe(3);
  });

  it("one that slept between its lease and its attempt does not end the attempt of who has the lease by then", async () => {
    const world = await shop(all);
    const [waking, reading] = [held(), held()];
    let asked = 0;
    const sleeper = await startRebuild(
      partsOf(world, {
        store: {
          ...world.store,
          // The last thing that it asks for before it begins.
          async live() {
            const live = await world.store.live();
            if (++asked === 2) await waking.wait();
            return live;
          },
        },
      }),
      { anew: false, tell: () => {} },
    );
    let ended = "";
    sleeper.done.catch((error) => ended = messageOf(error));
    await waking.reached;
    world.clock.pass(6_000);
    const working = await startRebuild(partsOf(world, { log: readAt(reading, world.log) }), {
      anew: false,
      tell: () => {},
    });
    await reading.reached;
    waking.open();
    await eventually(() => ended !== "");
    reading.open();
    expect((await working.done).read).toBe(all.length);
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
  });

  it("one whose attempt somebody has followed who slept with the lease in hand gives up, and keeps nobody from the next", async () => {
    const world = await shop(all);
    const reading = held();
    const followed = await startRebuild(partsOf(world, { log: readAt(reading, world.log) }), {
      anew: false,
      tell: () => {},
    });
    let ended = "";
    followed.done.catch((error) => ended = messageOf(error));
    await reading.reached;
    // What a sleeper does first when it wakes; its own lease is gone, so that it does no more.
    await world.store.at(1).uow.run(({ versions }) => versions.begin());
    reading.open();
    try {
      await eventually(() => ended !== "");
    } finally {
      await followed.stop();
    }
    expect(ended).toBe("another rebuild has begun, or this one has ended");
    await rebuild(world);
    expect((await world.store.live()).version).toBe(2);
  });
});

/** A gate that holds whoever comes to it until it is opened. */
function held() {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  return {
    open,
    reached,
    wait: () => {
      reach();
      return opened;
    },
  };
}

/** A log whose batches wait at a gate before they are handled. */
const readAt = (gate: ReturnType<typeof held>, log: EventLog & LogHistory): EventLog & LogHistory => ({
  ...log,
  subscribe: (subscription) =>
    log.subscribe({
      ...subscription,
      async handle(batch) {
        await gate.wait();
        return await subscription.handle(batch);
      },
    }),
});

const asleepFor = (signal?: AbortSignal) =>
  new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
