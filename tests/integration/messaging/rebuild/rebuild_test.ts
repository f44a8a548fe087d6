import { beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { DAY, HOUR } from "@/domain/hours.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { planRebuild, startRebuild } from "@/application/messaging/rebuild/rebuild.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { oldVersionRetention } from "@/application/messaging/rebuild/versions.ts";
import type { TrendStores, TrendVersion } from "@/application/trend/ports.ts";
import { mixture } from "@/tests/support/mixture.ts";
import { vote } from "@/tests/support/samples.ts";

import {
  dump,
  END,
  lists,
  partsOf,
  rebuild,
  shop,
  START,
  trendSink,
  type World,
} from "@/tests/support/messaging/rebuild_shop.ts";

describe("a rebuild", () => {
  const all = mixture(3, 700, START, END - HOUR);
  let world: World;
  beforeEach(async () => {
    world = await shop(all);
  });

  it("reads everything before it is shown, and says how much", async () => {
    const told: string[] = [];
    const running = await startRebuild(partsOf(world), {
      anew: false,
      onProgress: ({ step, done, of }) => told.push(`${step} ${done} ${of}`),
    });
    const report = await running.done;
    expect(report).toMatchObject({ live: 1, next: 2, resumes: false, messages: all.length, read: all.length });
    expect(told.at(-1)).toBe(`reading ${all.length} ${all.length}`);
    expect((await world.store.live()).version).toBe(2);
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
    expect(await lists(world, 2)).toEqual(await lists(world, 1));
    expect((await dump(world, 2)).votes.length).toBeGreaterThan(300);
  });

  it("is not shown while the log has more to read", async () => {
    let arrived = 0;
    const slow: EventLog & LogHistory = {
      ...world.log,
      subscribe: (subscription) =>
        world.log.subscribe({
          ...subscription,
          async handle(batch) {
            await systemClock.sleep(5);
            expect((await world.store.live()).version).toBe(1);
            arrived += batch.messages.length;
            return await subscription.handle(batch);
          },
        }),
    };
    await rebuild(world, { log: slow });
    expect(arrived).toBe(all.length);
  });

  it("mends a live version that is wrong, and can be done again", async () => {
    await world.store.at(1).uow.run(({ votes }) => votes.addNew([vote("b1", "ghost", { time: END - DAY })]));
    const before = await dump(world, 1);
    await rebuild(world);
    const mended = await dump(world, 2);
    expect(mended.votes.length).toBe(before.votes.length - 1);
    expect(await rebuild(world)).toMatchObject({ live: 2, next: 3 });
    expect(await dump(world, 3)).toEqual(mended);
  });

  it("the version that was live stays for a minute, and is then removed in steps", async () => {
    await rebuild(world);
    const [before, after] = [await dump(world, 1), await dump(world, 2)];
    const { since } = await world.store.live();
    const { keptMs, remove } = oldVersionRetention(world.store);
    expect([keptMs, await remove(since - 1, 50)]).toEqual([60_000, { rows: 0, more: false }]);
    expect(await dump(world, 1)).toEqual(before);
    while ((await remove(since, 50)).more);
    expect((await dump(world, 1)).votes).toEqual([]);
    expect(await dump(world, 2)).toEqual(after);
  });

  it("a dry run says what would be done and changes nothing", async () => {
    expect(await planRebuild(partsOf(world))).toEqual({
      live: 1,
      next: 2,
      resumes: false,
      messages: all.length,
      lost: new Map(),
    });
    expect(await world.store.at(1).uow.run(({ versions }) => versions.begin())).toEqual({ live: 1, attempt: 1 });
  });

  it("is refused where the store has read another log", async () => {
    const other = { ...world, log: createMemoryLog({ id: "another" }) };
    await expect(rebuild(other)).rejects.toThrow(/has read log memory-log, but the log here is another/);
    await expect(planRebuild(partsOf(other))).rejects.toThrow(/has read log memory-log/);
    expect((await world.store.live()).version).toBe(1);
  });

  it("is not shown when one message after the other fails", async () => {
    const broken = (version: TrendVersion): Sink<TrendStores> => ({
      ...trendSink(version),
      handle: (handling) =>
        handling.received.length > 0 ? Promise.reject(new TypeError("a bug")) : trendSink(version).handle(handling),
    });
    world = await shop(all.slice(0, 40));
    await expect(rebuild(world, { sink: broken })).rejects.toThrow(/one message after the other fails/);
    expect((await world.store.live()).version).toBe(1);
    // Nothing of it is left when it is done again.
    await rebuild(world, {}, true);
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
    expect(await world.store.deadLetters.count()).toBe(0);
  });
});
