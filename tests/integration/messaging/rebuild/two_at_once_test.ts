import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { HOUR } from "@/domain/hours.ts";
import { messageOf } from "@/application/faults.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { startRebuild } from "@/application/messaging/rebuild/rebuild.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { mixture } from "@/tests/support/mixture.ts";

import { dump, END, partsOf, rebuild, shop, START } from "@/tests/support/messaging/rebuild_shop.ts";

describe("two rebuilds at once", () => {
  const all = mixture(11, 400, START, END - HOUR);

  it("one of them is refused", async () => {
    const world = await shop(all);
    const first = await startRebuild(partsOf(world), { anew: false, onProgress: () => {} });
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
      { anew: false, onProgress: () => {} },
    );
    zombie.done.catch(() => {});
    await gate.reached;
    world.clock.pass(6_000);
    const second = await startRebuild(partsOf(world, { log: readAt(slow, world.log) }), {
      anew: true,
      onProgress: () => {},
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
      { anew: false, onProgress: () => {} },
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
      { anew: false, onProgress: () => {} },
    );
    let ended = "";
    sleeper.done.catch((error) => ended = messageOf(error));
    await waking.reached;
    world.clock.pass(6_000);
    const working = await startRebuild(partsOf(world, { log: readAt(reading, world.log) }), {
      anew: false,
      onProgress: () => {},
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
      onProgress: () => {},
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
