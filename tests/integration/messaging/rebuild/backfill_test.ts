import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { DAY, HOUR } from "@/domain/hours.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { planRebuild } from "@/application/messaging/rebuild/rebuild.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { TrendVersion } from "@/application/trend/ports.ts";
import { TREND_BACKFILLS } from "@/application/trend/counting/backfill.ts";
import { projectionRebuild, projectionSinks } from "@/application/messaging/projections/projection.ts";
import { createRebuilds } from "@/application/messaging/rebuild/jobs.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { recommendationDump } from "@/tests/support/databases/dumps.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { event, mixture } from "@/tests/support/mixture.ts";
import { silent as logger, vote } from "@/tests/support/samples.ts";

import {
  dump,
  END,
  lists,
  partsOf,
  readAll,
  rebuild,
  shop,
  START,
  topics,
  truncate,
} from "@/tests/support/messaging/rebuild_shop.ts";

describe("a rebuild from a log that no longer reaches back", () => {
  const all = mixture(21, 700, START, END - HOUR);
  const since = START + 4 * DAY;

  it("says so, and keeps what is older to the unit", async () => {
    const world = await shop(all);
    await truncate(world.log, since);
    const plan = await planRebuild(partsOf(world));
    expect([...plan.lost.keys()]).toEqual(topics);
    expect(plan.messages).toBeLessThan(all.length * 0.8);
    for (const time of plan.lost.values()) expect(time).toBeGreaterThanOrEqual(since);
    await rebuild(world);
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
    expect(await lists(world, 2)).toEqual(await lists(world, 1));
  });

  it("takes over only what is older: what the log has is counted from it", async () => {
    const world = await shop(all);
    const [old, young] = [vote("b1", "ghost", { time: START + DAY }), vote("b1", "ghost", { time: since + 2 * DAY })];
    await world.store.at(1).uow.run(({ votes }) => votes.addNew([old, young]));
    await truncate(world.log, since);
    await rebuild(world);
    const ghosts = (await dump(world, 2)).votes.filter(({ reader }) => reader === "ghost");
    expect(ghosts).toEqual([old]);
  });

  it("keeps counts whose votes are kept no longer, also where later ones of the same time are kept", async () => {
    // What comes again after its vote is gone is counted again, also by the live version.
    const world = await shop([...new Set(all)]);
    const old = (await dump(world, 1)).votes.filter(({ time }) => time < since - DAY);
    const [[busiest]] = [...Map.groupBy(old, ({ reader }) => reader)].sort(([, a], [, b]) => b.length - a.length) as [
      [string, unknown],
    ];
    const gone = await world.store.at(1).uow.run(async ({ votes }) => {
      const removed = await votes.removeReader(busiest);
      await votes.addNew(removed.filter(({ time }) => time >= since - DAY));
      return removed.filter(({ time }) => time < since - DAY);
    });
    expect(gone.length).toBeGreaterThan(5);
    await truncate(world.log, since);
    await rebuild(world);
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
    expect(await lists(world, 2)).toEqual(await lists(world, 1));
  });

  it("counts once what comes late while it copies", async () => {
    const world = await shop(all);
    await truncate(world.log, since);
    const late = event(ACTIVITY.bookShelved, "late", "late-reader", START + DAY, {
      reader: "late-reader",
      book: "b1",
      shelf: "read",
    });
    let coming = true;
    /** It is counted between the reading of a key's votes and that of its counts. */
    const older = TREND_BACKFILLS.map((one): typeof one => ({
      ...one,
      copy: (from, ...rest) =>
        one.copy({
          ...from,
          history: {
            ...from.history,
            async votes(of, ...args) {
              const page = await from.history.votes(of, ...args);
              if (coming && of.key === "b1") {
                coming = false;
                await world.log.append([late.message]);
                await readAll(world, 1);
              }
              return page;
            },
          },
        }, ...rest),
    }));
    await rebuild(world, { backfills: older });
    expect(coming).toBe(false);
    expect((await dump(world, 1)).votes.some(({ reader }) => reader === "late-reader")).toBe(true);
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
  });

  for (const step of ["votes", "buckets"] as const) {
    it(`brings nothing back of a reader who is erased once it has read the ${step} of a key`, async () => {
      const world = await shop(all);
      await truncate(world.log, since);
      const old = (await dump(world, 1)).votes.filter(({ time }) => time < since - HOUR);
      const { reader, subject, key } = old[0]!;
      const erased = event(ACTIVITY.readerErased, "erasing", reader, END - HOUR, { reader });
      let erasing = true;
      const older = TREND_BACKFILLS.map((one): typeof one => ({
        ...one,
        copy: (from, ...rest) => one.copy({ ...from, history: watched(from.history) }, ...rest),
      }));
      const watched = (history: TrendVersion["history"]): TrendVersion["history"] => ({
        ...history,
        votes: async (...args) => await after("votes", args[0], await history.votes(...args)),
        buckets: async (...args) => await after("buckets", args[0], await history.buckets(...args)),
      });
      async function after<Read>(what: string, of: { subject: string; key: string }, read: Read): Promise<Read> {
        if (erasing && what === step && of.key === key && of.subject === subject) {
          erasing = false;
          await world.log.append([erased.message]);
          await readAll(world, 1);
        }
        return read;
      }
      await rebuild(world, { backfills: older });
      expect(erasing).toBe(false);
      expect(await dump(world, 2)).toEqual(await dump(world, 1));
      expect((await dump(world, 2)).votes.some((vote) => vote.reader === reader)).toBe(false);
    });
  }

  it("copies once when the log loses a little meanwhile, and again when it loses much", async () => {
    for (const [loses, copies] of [[HOUR / 2, 1], [2 * DAY, 2]] as const) {
      // So many that each partition has one every few minutes.
      const world = await shop(mixture(22, 2_500, START, END - HOUR));
      await truncate(world.log, since, [TOPICS.activityEvents]);
      let copied = 0;
      const older = TREND_BACKFILLS.map((one): typeof one =>
        one.when === "last" ? one : {
          ...one,
          async copy(...args) {
            await one.copy(...args);
            if (copied++ === 0) await truncate(world.log, since + loses, [TOPICS.activityEvents]);
          },
        }
      );
      await rebuild(world, { backfills: older });
      expect(copied).toBe(copies);
      expect(await dump(world, 2)).toEqual(await dump(world, 1));
    }
  });

  it("is not shown, and begins again, when the log loses what was not read yet", async () => {
    const world = await shop(all);
    await truncate(world.log, since);
    const log: EventLog & LogHistory = {
      ...world.log,
      subscribe(subscription) {
        const opened = truncate(world.log, since + 2 * DAY);
        return world.log.subscribe({
          ...subscription,
          async open(topic, partition) {
            await opened;
            return await subscription.open(topic, partition);
          },
        });
      },
    };
    await expect(rebuild(world, { log })).rejects.toThrow(/the log has lost messages of .* before they were read/);
    expect([(await world.store.live()).version, (await planRebuild(partsOf(world))).resumes]).toEqual([1, false]);
    await rebuild(world);
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
  });

  it("keeps what a store was filled with by a move, which its new log has never had", async () => {
    const half = Math.floor(all.length / 2);
    const before = await shop(all.slice(0, half));
    const moved = Math.max(...all.slice(0, half).map(({ time }) => time));
    let came = moved;
    const log = createMemoryLog({ id: "the new one", now: () => came, partitions: 3 });
    for (const { message, time } of all.slice(half)) {
      came = Math.max(came, time);
      await log.append([message]);
    }
    // A move takes no positions along; here those of the old log stay beside.
    const { store } = before;
    const world = { ...before, log, store: { ...store, movedAt: () => Promise.resolve(moved) } };
    await store.at(1).uow.run(({ positions }) =>
      positions.claim({ consumer: "trend", version: 1, logId: "the new one", topic: topics[0]!, partition: 0 }, "move")
    );
    await readAll(world, 1);
    expect([...(await planRebuild(partsOf(world))).lost]).toEqual(topics.map((topic) => [topic, moved]));
    await rebuild(world);
    expect(await dump(world, 2)).toEqual(await dump(world, 1));
  });

  it("of recommendations keeps rows and books, and its neighbour lists equal those of the live version", async () => {
    const { log, clock } = await shop(all);
    const store = slowLists(createMemoryRecommendationStore());
    const tools = { store, log, clock: systemClock, ids, logger };
    const rebuildOnce = async () => {
      const rebuilds = createRebuilds(projectionRebuild(recommendationProjection, tools));
      await rebuilds.start({ anew: false });
      return await eventually(() => {
        const last = rebuilds.last()!;
        if (last.state === "failed") throw new Error(last.detail);
        return last.state === "switched" && last;
      });
    };
    expect(clock.now()).toBe(END);
    await rebuildOnce();
    const before = await recommendationDump(store.at(2));
    expect(before.lists.filter(({ neighbours }) => neighbours.length > 0).length).toBeGreaterThan(5);
    await truncate(log, since);
    expect((await rebuildOnce()).report.lost.size).toBe(2);
    expect((await store.live()).version).toBe(3);
    for (const version of [2, 3]) {
      expect(await store.at(version).marks.oldest(1)).toEqual([]);
    }
    expect(await recommendationDump(store.at(3))).toEqual(before);
    expect(Object.keys(projectionSinks(recommendationProjection, store))).toEqual(["recommendation"]);
  });
});

/** Lists take longer to store than the log takes to be read. */
const slowLists = (store: RecommendationStore): RecommendationStore => ({
  ...store,
  at: (version) => ({
    ...store.at(version),
    uow: {
      run: (work) =>
        store.at(version).uow.run((stores) =>
          work({
            ...stores,
            lists: {
              async put(lists) {
                await systemClock.sleep(400);
                await stores.lists.put(lists);
              },
            },
          })
        ),
    },
  }),
});
