import { createMemoryLog, type MemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { DAY } from "@/domain/hours.ts";
import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import type { Clock } from "@/application/ports.ts";
import { type RebuildDeps, startRebuild } from "@/application/messaging/rebuild/rebuild.ts";
import { projectionRebuild } from "@/application/messaging/projections/projection.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { TrendStore, TrendVersion } from "@/application/trend/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { trendDump, trendLists } from "@/tests/support/databases/dumps.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { type Mixed } from "@/tests/support/mixture.ts";
import { silent as logger } from "@/tests/support/samples.ts";

export const topics = [TOPICS.catalogEvents, TOPICS.activityEvents];
/** A clock that the test moves; its sleeps take no time. */
const quick = (start = Date.now()): Clock & { pass(milliseconds: number): void } => {
  let now = start;
  return {
    now: () => now,
    sleep: (_ms, signal) => systemClock.sleep(0, signal),
    pass: (milliseconds) => void (now += milliseconds),
  };
};
export const trendSink = trendProjection.sink;

export type World = { store: TrendStore; log: MemoryLog; clock: ReturnType<typeof quick> };
export const START = Date.parse("2026-11-01T00:00:00Z");
export const END = START + 10 * DAY;

/** A log whose messages arrived when their events happened, and a store whose live version has read all of it. */
export async function shop(all: Mixed[], sink = trendSink): Promise<World> {
  let came = START;
  const log = createMemoryLog({ now: () => came, partitions: 2 });
  for (const { message, time } of all) {
    came = Math.max(came, time);
    await log.append([message]);
  }
  const clock = quick(END);
  const world = { store: createMemoryTrendStore({ now: clock.now }), log, clock };
  await readAll(world, 1, sink);
  return world;
}

/** Reads the whole log into a version. */
export async function readAll({ store, log, clock }: World, version: number, sink = trendSink): Promise<void> {
  const own = store.at(version);
  const consumer = await startConsumer({
    name: "trend",
    group: `all-${version}-${ids.fresh()}`,
    version,
    topics,
    log,
    uow: own.uow,
    sink: sink(own),
    clock,
    logger,
    owner: "live",
  });
  const lag = async () => {
    const logId = await log.id();
    const places = await log.partitions(topics);
    const keys = places.map(({ topic, partition }) => ({ consumer: "trend", version, logId, topic, partition }));
    const stored = await own.uow.run(({ positions }) => positions.lock(keys));
    return await log.lag(places.map((place, at) => ({ ...place, next: stored[at]?.next })));
  };
  await eventually(async () => (await lag()).every((one) => one === 0));
  await consumer.stop();
}

export const partsOf = (
  world: World,
  changes: Partial<RebuildDeps<TrendVersion>> = {},
): RebuildDeps<TrendVersion> => ({
  ...projectionRebuild(trendProjection, { ...world, ids, logger }),
  owner: ids.fresh(),
  ...changes,
});
export async function rebuild(world: World, changes: Partial<RebuildDeps<TrendVersion>> = {}, anew = false) {
  const running = await startRebuild(partsOf(world, changes), { anew, onProgress: () => {} });
  return await running.done;
}
export const dump = ({ store }: World, version: number) => trendDump(store.at(version));
export const lists = ({ store }: World, version: number) => trendLists(store.at(version), END);

/** Removes all messages that came before a time. */
export async function truncate(log: MemoryLog, before: number, of = topics): Promise<void> {
  for (const { topic, partition, first } of await log.partitions(of)) {
    let below = Number(first);
    const seen: number[] = [];
    const reader = log.subscribe({
      group: ids.fresh(),
      topics: [topic],
      open: () => Promise.resolve(undefined),
      handle: ({ partition: of, messages }) => {
        if (of === partition) seen.push(...messages.map(({ timestamp }) => timestamp));
        return Promise.resolve(messages.at(-1)!.next);
      },
    });
    const [size] = await log.lag([{ topic, partition, next: undefined }]);
    await eventually(() => seen.length === size);
    await reader.stop();
    below += seen.filter((time) => time < before).length;
    await log.truncate(topic, partition, below);
  }
}
