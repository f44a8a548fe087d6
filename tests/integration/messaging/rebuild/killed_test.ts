import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock } from "@/adapters/system/clock.ts";
import { HOUR } from "@/domain/hours.ts";
import { Unavailable } from "@/application/faults.ts";
import { planRebuild, RebuildRefused, startRebuild } from "@/application/messaging/rebuild/rebuild.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import type { TrendStore, TrendStores, TrendVersion } from "@/application/trend/ports.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { mixture } from "@/tests/support/mixture.ts";

import { dump, END, lists, partsOf, rebuild, shop, START, trendSink } from "@/tests/support/messaging/rebuild_shop.ts";

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
        const dying = await startRebuild(partsOf({ ...world, store: killed }), { anew: false, onProgress: () => {} });
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
    const dying = await startRebuild(partsOf({ ...world, store: killed }), { anew: false, onProgress: () => {} });
    dying.done.catch(() => {});
    await eventually(() => killed.transactions() >= late);
    await dying.stop();
    const plan = await planRebuild(partsOf(world));
    expect(plan.resumes).toBe(true);
    expect(plan.messages).toBeLessThan(all.length);
    expect(plan.messages).toBeGreaterThan(0);
    const other = await shop(all);
    const again = killedAt(other.store, late, "after");
    const dyingToo = await startRebuild(partsOf({ ...other, store: again }), { anew: false, onProgress: () => {} });
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
    const sink = (version: TrendVersion): Sink<TrendStores> => {
      const inner = trendSink(version);
      return {
        ...inner,
        async handle(handling) {
          await inner.handle(handling);
          throw new Unavailable("the answer was lost");
        },
      };
    };
    const running = await startRebuild(partsOf(world, { sink }), { anew: false, onProgress: () => {} });
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
    const dying = await startRebuild(partsOf({ ...world, store: dead }), { anew: false, onProgress: () => {} });
    await dying.stop();
    await expect(rebuild(world)).rejects.toThrow(RebuildRefused);
    world.clock.pass(6_000);
    await rebuild(world);
    expect((await world.store.live()).version).toBe(2);
  });
});
