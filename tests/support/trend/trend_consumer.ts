import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import type { Batch, EventLog, Subscription } from "@/application/messaging/wire/event_log.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import type { TrendStores } from "@/application/trend/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { silent as logger } from "@/tests/support/samples.ts";

export const quick = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal) };
/** A view as a message of the topic. */
export const viewed = (id: string, reader: string, book = "b") => ({
  topic: TOPICS.activityEvents,
  ...encode({
    id,
    source: "/t",
    type: "bookstream.activity.book-viewed.v1",
    time: "2026-11-23T10:00:00Z",
    data: { reader, book },
  }, reader),
});

/** A trend consumer over a store, with a given sink; the test calls its handlers. */
export async function consumer(
  log: EventLog,
  options: {
    store?: ReturnType<typeof createMemoryTrendStore>;
    sink?: (inner: Sink<TrendStores>) => Sink<TrendStores>;
    owner?: string;
  } = {},
) {
  const store = options.store ?? createMemoryTrendStore();
  const inner = trendProjection.sink(store.at(1));
  const running = await startConsumer({
    name: "trend",
    version: 1,
    topics: [TOPICS.activityEvents],
    log,
    uow: store.at(1).uow,
    sink: options.sink?.(inner) ?? inner,
    clock: quick,
    logger,
    owner: options.owner ?? "one",
  });
  const tally = async (book = "b") => (await store.at(1).view.tally("book", [book], 0, Date.now())).get(book)!.count;
  const letters = () => store.deadLetters.list({}, 0, 100);
  return { ...running, store, tally, letters };
}

/** A log that hands the subscription to the test, which plays the broker. */
export function byHand() {
  const subscriptions: Subscription[] = [];
  const real = createMemoryLog({ partitions: 1 });
  const log: EventLog = {
    ...real,
    subscribe(subscription) {
      subscriptions.push(subscription);
      return {
        joined: Promise.resolve(),
        state: () => ({ assigned: [], halted: [], stuck: [], reachable: true }),
        owners: () => Promise.resolve(new Map()),
        stop: () => Promise.resolve(),
      };
    },
  };
  const batchOf = (partition: number, from: number, ...readers: string[]): Batch => ({
    topic: TOPICS.activityEvents,
    partition,
    from: from === 0 ? undefined : String(from),
    messages: readers.map((reader, at) => ({
      ...viewed(`e${from + at}`, reader),
      partition,
      position: String(from + at),
      next: String(from + at + 1),
      timestamp: 0,
    })),
  });
  const batch = (from: number, ...readers: string[]) => batchOf(0, from, ...readers);
  return { log, subscriptions, batch, batchOf };
}
