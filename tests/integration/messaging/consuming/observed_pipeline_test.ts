import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryMeter } from "@/adapters/memory/meter.ts";
import { createMemoryTracer } from "@/adapters/memory/tracer.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { Unavailable } from "@/application/faults.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { startRelay } from "@/application/messaging/outbox/relay.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { originOf } from "@/application/shared/observability/tracing.ts";
import type { TrendStores } from "@/application/trend/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, silent as logger } from "@/tests/support/samples.ts";

const topic = TOPICS.activityEvents;
const context = (trace: string, span: string) => `00-${trace.repeat(32)}-${span.repeat(16)}-01`;
const viewed = (id: string, traceparent?: string) => ({
  topic,
  ...encode({
    id,
    source: "/t",
    type: ACTIVITY.bookViewed,
    time: "2026-11-23T10:00:00Z",
    ...(traceparent === undefined ? {} : { traceparent }),
    data: { reader: `r-${id}`, book: "b" },
  }, "k"),
});

/** A consumer of trends whose clock the test sets, with its meter and tracer. */
async function consumer(
  log: EventLog,
  handle: (inner: Sink<TrendStores>) => Sink<TrendStores>["handle"] = (inner) => inner.handle,
) {
  const time = { now: Date.parse("2026-11-23T11:00:00Z") };
  const clock = { now: () => time.now, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal) };
  const version = createMemoryTrendStore().at(1);
  const { uow } = version;
  const inner = trendProjection.sink(version);
  const [meter, tracer] = [createMemoryMeter(), createMemoryTracer()];
  const sink = { ...inner, handle: handle(inner) };
  const parts = { name: "trend", version: 1, topics: [topic], log, uow, sink, clock, logger, owner: "one" };
  return { ...await startConsumer({ ...parts, telemetry: { meter, tracer } }), meter, tracer, time };
}

describe("a consumer's measurements", () => {
  it("count each try of a message that fails, then the dead letter with its reason, and no handled one", async () => {
    const log = createMemoryLog({ partitions: 1 });
    const one = await consumer(
      log,
      (inner) => (handling) =>
        handling.received.some(({ envelope }) => envelope.id === "bad")
          ? Promise.reject(new TypeError("a bug"))
          : inner.handle(handling),
    );
    await log.append([viewed("good"), viewed("bad")]);
    await eventually(() => one.state().parked === 1);
    expect(one.meter.total("bookstream_consumer_retries_total", "trend", ACTIVITY.bookViewed)).toBe(3);
    expect(one.meter.total("bookstream_consumer_parked_total", "trend", ACTIVITY.bookViewed, "failed")).toBe(1);
    const messages = (outcome: string) =>
      one.meter.total("bookstream_consumer_messages_total", "trend", ACTIVITY.bookViewed, outcome);
    expect([messages("handled"), messages("parked")]).toEqual([1, 1]);
    await one.stop();
  });

  it("tell lag while the consumer is held: how many wait, and since when the first does; nothing after it goes on", async () => {
    let gone = true;
    const log = createMemoryLog({ partitions: 1, now: () => Date.parse("2026-11-23T11:00:00Z") });
    const one = await consumer(
      log,
      (inner) => (handling) => gone ? Promise.reject(new Unavailable("gone")) : inner.handle(handling),
    );
    await log.append([viewed("e1"), viewed("e2"), viewed("e3")]);
    await eventually(() => one.meter.total("bookstream_consumer_holds_total", "trend") > 0);
    one.time.now += 90_000;
    const lag = { topic, partition: 0 };
    expect(await one.lag()).toMatchObject([{ ...lag, next: undefined, messages: 3, seconds: 90 }]);
    expect(one.state().heldSince).toBe(Date.parse("2026-11-23T11:00:00Z"));
    gone = false;
    await eventually(() => one.state().handled === 3);
    await eventually(() => one.state().healthy);
    expect(await one.lag()).toMatchObject([{ ...lag, next: "3", messages: 0, seconds: 0 }]);
    expect(one.state().heldSince).toBeUndefined();
    await one.stop();
  });

  it("tell of messages that were not even delivered how long they can have waited at most", async () => {
    const inner = createMemoryLog({ partitions: 1 });
    let behind = 0;
    const log: EventLog = { ...inner, lag: (places) => Promise.resolve(places.map(() => behind)) };
    await inner.append([viewed("e1")]);
    const one = await consumer(log);
    await eventually(() => one.state().handled === 1);
    await eventually(async () => (await one.lag())[0]?.seconds === 0);
    behind = 5;
    one.time.now += 7_000;
    expect((await one.lag()).map(({ messages, seconds }) => [messages, seconds])).toEqual([[5, 7]]);
    await one.stop();
  });
});

describe("traces", () => {
  it("a chunk of one trace belongs to it; one of several begins its own and is linked to each", async () => {
    const log = createMemoryLog({ partitions: 1 });
    const one = await consumer(log);
    await log.append([viewed("e1", context("a", "1")), viewed("e2", context("a", "1"))]);
    await eventually(() => one.state().handled === 2);
    await log.append([viewed("e3", context("b", "2")), viewed("e4", context("c", "3")), viewed("e5")]);
    await eventually(() => one.state().handled === 5);
    expect(one.tracer.spans.map(({ kind, parent, links }) => [kind, parent, links])).toEqual([
      ["consumer", context("a", "1"), []],
      ["consumer", undefined, [context("b", "2"), context("c", "3")]],
    ]);
    await one.stop();
  });

  it("the last hop is the parent, and where the message started is linked when that is another trace", () => {
    const headers = { traceparent: context("b", "2"), ce_traceparent: context("a", "1") };
    expect(originOf([{ headers }])).toEqual({ parent: context("b", "2"), links: [context("a", "1")] });
    expect(originOf([{ headers: {} }])).toEqual({ parent: undefined, links: [] });
    const many = Array.from({ length: 100 }, (_, at) => ({
      headers: { traceparent: `00-${String(at).padStart(32, "0")}-${"1".repeat(16)}-01` },
    }));
    expect(originOf(many).links?.length).toBe(32);
  });

  it("the relay writes its hop into the message's header and leaves where it started as it was", async () => {
    const store = createMemoryWebStore();
    const [meter, tracer] = [createMemoryMeter(), createMemoryTracer()];
    const sent: Record<string, string>[] = [];
    const log: EventLog = {
      ...createMemoryLog(),
      append: (messages) => Promise.resolve(void sent.push(...messages.map(({ headers }) => headers))),
    };
    await store.uow.run(({ outbox }) => outbox.add([viewed("e1", context("a", "1"))]));
    const parts = { ...store, changes: store.changes(), log, logger, owner: "one" };
    const relay = startRelay({ ...parts, clock: systemClock, telemetry: { meter, tracer } });
    await eventually(() => relay.state().relayed === 1);
    await relay.stop();
    const [span] = tracer.spans;
    expect([span?.kind, span?.parent]).toEqual(["producer", context("a", "1")]);
    expect([sent[0]?.traceparent, sent[0]?.ce_traceparent]).toEqual([span?.context, context("a", "1")]);
    expect(sent[0]?.traceparent).not.toBe(sent[0]?.ce_traceparent);
    expect(meter.total("bookstream_relay_messages_total")).toBe(1);
    expect(meter.observed("bookstream_relay_batch_messages")).toEqual([1]);
  });

  it("where nothing is traced, messages go on as they were stored", async () => {
    const store = createMemoryWebStore();
    const log = createMemoryLog({ partitions: 1 });
    const appended: unknown[] = [];
    const spy: EventLog = { ...log, append: (all) => Promise.resolve(void appended.push(...all)) };
    const stored = [viewed("e1", context("a", "1")), message(topic, "k", "v")];
    await store.uow.run(({ outbox }) => outbox.add(stored));
    const parts = { ...store, changes: store.changes(), logger, owner: "one" };
    const relay = startRelay({ ...parts, log: spy, clock: systemClock });
    await eventually(() => relay.state().relayed === 2);
    await relay.stop();
    expect(appended).toEqual(stored);
  });
});
