import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { MemoryDatabase } from "@/adapters/memory/messaging/database.ts";
import { memoryErasedMarks } from "@/adapters/memory/messaging/erased_marks.ts";
import { memoryConsumerStores, memoryLeases } from "@/adapters/memory/messaging/messaging_stores.ts";
import { memoryVersions, perVersion } from "@/adapters/memory/messaging/versions.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import {
  ACTIVITY,
  ACTIVITY_TOPICS,
  activityErasures,
  activityOrder,
  readerEvents,
} from "@/application/activity/messages.ts";
import type { ProjectionStores } from "@/application/messaging/rebuild/ports.ts";
import type { EventsOf } from "@/application/messaging/consuming/projection_sink.ts";
import { replay } from "@/application/messaging/dead_letters/replay.ts";
import { projectWithErasures } from "@/application/messaging/projections/erasures.ts";
import type { ErasedMarks, ProjectionStore } from "@/application/messaging/projections/ports.ts";
import { defineProjection, type Projection } from "@/application/messaging/projections/projection.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import { type ProjectionApiDeps, startProjectionService } from "@/services/projection_service.ts";
import { all } from "@/tests/support/messaging/dead_letters.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { event } from "@/tests/support/mixture.ts";
import { silent as logger } from "@/tests/support/samples.ts";

/** How many acts of each type a reader has done. */
type Acts = { count(reader: string, type: string): Promise<void>; removeReader(reader: string): Promise<void> };
type Stores = ProjectionStores & { acts: Acts; erased: ErasedMarks };
type Version = { uow: UnitOfWork<Stores>; counts(): Record<string, number> };

const bad = new Set<string>();

async function countActs(events: EventsOf<typeof readerEvents>[], stores: Stores): Promise<void> {
  await projectWithErasures(events, {
    erasures: activityErasures,
    stores,
    async project(acts) {
      for (const { id, type, data } of acts) {
        if (bad.has(id)) throw new TypeError(`cannot count ${id}`);
        await stores.acts.count(data.reader ?? "", type);
      }
    },
    erase: stores.acts.removeReader,
  });
}

/** All that a third projection is, beside its store and its API. */
const counting: Projection<Version, never> = defineProjection({
  name: "counting",
  topics: [ACTIVITY_TOPICS.events],
  events: readerEvents,
  order: activityOrder,
  project: countActs,
  backfills: [],
  retention: {},
});

function createStore(): ProjectionStore<Version> {
  const database = new MemoryDatabase();
  const consumer = memoryConsumerStores(database);
  const tables = perVersion(() => ({ counts: database.table<{ reader: string; type: string; count: number }>() }));
  const { versions, live } = memoryVersions(database, consumer, tables.all);
  const { leases, fence } = memoryLeases(database, clock.now);
  const erased = memoryErasedMarks(database);
  return {
    at(version) {
      const { counts } = tables.of(version);
      const acts: Acts = {
        count(reader, type) {
          const key = `${reader} ${type}`;
          counts.set(key, { reader, type, count: (counts.get(key)?.count ?? 0) + 1 });
          return Promise.resolve();
        },
        removeReader(reader) {
          for (const [key, row] of counts.entries()) if (row.reader === reader) counts.delete(key);
          return Promise.resolve();
        },
      };
      const stores = { ...consumer.stores, versions, fence, erased, acts };
      return {
        uow: { run: (work) => database.transaction(() => work(stores)) },
        counts() {
          const sums: Record<string, number> = {};
          for (const { type, count } of counts.stored.values()) sums[type] = (sums[type] ?? 0) + count;
          return sums;
        },
      };
    },
    live,
    movedAt: () => Promise.resolve(undefined),
    leases,
    deadLetters: consumer.letters,
    ...database.asStore(),
  };
}

describe("a third projection is one table", () => {
  const now = Date.now();
  const viewed = (id: string, reader: string) =>
    event(ACTIVITY.bookViewed, id, reader, now, { reader, book: "b" }).message;
  const rated = (id: string, reader: string) =>
    event(ACTIVITY.bookRated, id, reader, now, { reader, book: "b", rating: 5 }).message;
  const erased = (id: string, reader: string) => event(ACTIVITY.readerErased, id, reader, now, { reader }).message;

  let log: ReturnType<typeof createMemoryLog>;
  let store: ProjectionStore<Version>;
  let service: Awaited<ReturnType<typeof start>>;
  let parts: ProjectionApiDeps<Version>;
  const start = () =>
    startProjectionService(counting, { store, log, role: "all", clock, ids, logger }, (deps) => {
      parts = deps;
      return { fetch: async () => Response.json(store.at(await deps.live()).counts()) };
    });
  const shown = async () => await (await service.fetch(new Request("http://counting.test/"))).json();

  beforeEach(async () => {
    bad.clear();
    [log, store] = [createMemoryLog({ partitions: 1 }), createStore()];
    await log.append([viewed("e1", "r1"), viewed("e2", "r2"), rated("e3", "r2")]);
    service = await start();
    await service.joined;
  });
  afterEach(() => service.stop());

  it("it follows its events, says that it is ready, and shows them by an API of its own", async () => {
    await eventually(async () => await service.handled() === 3);
    expect(await shown()).toEqual({ [ACTIVITY.bookViewed]: 2, [ACTIVITY.bookRated]: 1 });
    const { ready, parts: checked } = await service.ready();
    expect([ready, Object.keys(checked)]).toEqual([true, ["store", "log", "consumer"]]);
  });

  it("an erased reader is gone, with acts that come later, whatever came in one chunk", async () => {
    await log.append([erased("e4", "r2"), viewed("e5", "r2"), viewed("e6", "r1")]);
    await eventually(async () => await service.handled() === 6);
    await log.append([rated("e7", "r2")]);
    await eventually(async () => await service.handled() === 7);
    expect(await shown()).toEqual({ [ACTIVITY.bookViewed]: 2 });
  });

  it("a rebuild fills the next version, which is shown and followed from then on", async () => {
    await eventually(async () => await service.handled() === 3);
    await parts.rebuilds.start({ anew: false });
    await eventually(() => parts.rebuilds.last()?.state === "switched");
    await log.append([viewed("e4", "r3")]);
    const all = { [ACTIVITY.bookViewed]: 3, [ACTIVITY.bookRated]: 1 };
    await eventually(async () => JSON.stringify(await shown()) === JSON.stringify(all));
    expect((await store.live()).version).toBe(2);
  });

  it("what cannot be handled is a dead letter, replayed into its version", async () => {
    bad.add("e4");
    await log.append([rated("e4", "r4")]);
    await eventually(async () => await store.deadLetters.count() === 1);
    bad.clear();
    const closed = await all(replay({ deadLetters: store.deadLetters, sinks: parts.sinks, clock, logger }));
    expect(closed.map(({ came }) => came)).toEqual(["replayed"]);
    expect(await shown()).toEqual({ [ACTIVITY.bookViewed]: 2, [ACTIVITY.bookRated]: 2 });
  });
});
