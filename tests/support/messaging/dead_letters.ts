import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { type RunningConsumer, startConsumer } from "@/application/messaging/consuming/consumer.ts";
import type { Closed } from "@/application/messaging/dead_letters/close.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { TrendStores } from "@/application/trend/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const TIME = "2026-11-23T10:00:00Z";
/** A message of another producer. */
export const event = (topic: string, type: string, id: string, key: string, data: unknown) => ({
  topic,
  ...encode({ id, source: "/t", type, time: TIME, correlationid: `cor-${id}`, data }, key),
});
export const act = (type: string, id: string, reader: string, data: object = {}) =>
  event(TOPICS.activityEvents, type, id, reader, { reader, book: "b", ...data });
export const viewed = (id: string, reader: string) => act(ACTIVITY.bookViewed, id, reader);
export const rated = (id: string, reader: string, rating = 5) => act(ACTIVITY.bookRated, id, reader, { rating });

/** A clock whose sleeps take no time and are recorded. */
export function quickClock() {
  const slept: number[] = [];
  return {
    slept,
    now: systemClock.now,
    sleep: (pause: number, signal?: AbortSignal) => {
      slept.push(pause);
      return systemClock.sleep(0, signal);
    },
  };
}

/** All results of a replay. */
export const all = async (closing: AsyncGenerator<Closed[]>): Promise<Closed[]> =>
  (await Array.fromAsync(closing)).flat();

/** A trend consumer whose handler fails on the ids in `bad`, and notes the ids in the order of their effects. */
export function trends(partitions = 1) {
  const [store, log, clock] = [createMemoryTrendStore(), createMemoryLog({ partitions }), quickClock()];
  const bad = new Set<string>();
  const applied: string[] = [];
  const inner = trendProjection.sink(store.at(1));
  const sink: Sink<TrendStores> = {
    ...inner,
    async handle(handling) {
      const culprit = handling.received.find(({ envelope }) => bad.has(envelope.id));
      if (culprit !== undefined) throw new TypeError(`cannot handle ${culprit.envelope.id}`);
      const repeated = await inner.handle(handling);
      applied.push(...handling.received.map(({ envelope }) => envelope.id));
      return repeated;
    },
  };
  const start = () =>
    startConsumer({
      name: "trend",
      version: 1,
      topics: [TOPICS.activityEvents],
      log,
      uow: store.at(1).uow,
      sink,
      clock,
      logger,
      owner: "one",
    });
  const replayDeps = { deadLetters: store.deadLetters, sinks: { trend: () => sink }, clock, logger };
  const letters = async () =>
    (await store.deadLetters.list({}, 0, 100)).map(({ message, reason }) => [message.headers.ce_id, reason]);
  return { store, log, clock, bad, applied, start, replayDeps, letters };
}

/** Waits until a consumer has handled or parked a number of messages. */
export const delivered = (consumer: RunningConsumer, messages: number) =>
  eventually(() => consumer.state().handled + consumer.state().parked === messages);
