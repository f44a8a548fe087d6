import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readFileSync } from "node:fs";
import { createMeter } from "@/adapters/prometheus/meter.ts";
import { meterProcess } from "@/adapters/system/process_meter.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { createHttpServer } from "@/adapters/http/server/server.ts";
import { noTracer } from "@/application/shared/observability/tracing.ts";
import { silent } from "@/tests/support/samples.ts";
import { METRICS } from "@/application/shared/observability/metrics.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { samplesOf, typesOf, valueOf } from "@/tests/support/monitoring/exposition.ts";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";

type Service = "web" | "trend" | "recommendation";

describe("/metrics", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  const scrape = async (service: Service) => await (await suite.asks[service]("/metrics")).text();
  const samples = async (service: Service) => samplesOf(await scrape(service));

  before(async () => {
    suite = await memorySuite();
    await suite.asks.web("/v1/books", sending("POST", { id: "b1", title: "Dune" }));
    await suite.asks.web("/v1/books?q=dune");
    await suite.asks.web("/v1/books/b1");
    await suite.asks.web("/no/such/place/4711");
    await suite.asks.web("/%ZZ");
    const command = {
      topic: TOPICS.activityCommands,
      ...encode({ id: "c1", source: "/t", type: ACTIVITY.recordAct, data: { type: "viewed", book: "b1" } }, "k"),
    };
    const odd = (type: string) => ({ ...command, ...encode({ id: type, source: "/t", type, data: {} }, "k") });
    await suite.log.append([command, command, odd("made.up"), odd("bookstream.activity.record-act.v7")]);
  });
  after(() => suite.stop());

  it("tells what came of consumed messages, by consumer and type; types that are not ours count together", async () => {
    const consumer = "activity-commands";
    const count = (all: Awaited<ReturnType<typeof samples>>, type: string, outcome: string) =>
      valueOf(all, "bookstream_consumer_messages_total", { consumer, type, outcome });
    const all = await eventually(async () => {
      const found = await samples("web");
      return count(found, "other", "parked") === 1 && found;
    });
    expect([
      count(all, ACTIVITY.recordAct, "handled"),
      count(all, ACTIVITY.recordAct, "duplicate"),
      count(all, "other", "skipped"),
    ]).toEqual([1, 1, 1]);
    expect(valueOf(all, "bookstream_consumer_parked_total", { consumer, type: "other", reason: "unknown-version" }))
      .toBe(1);
    expect(valueOf(all, "bookstream_consumer_transaction_seconds_count", { consumer })).toBeGreaterThan(0);
    await eventually(async () =>
      valueOf(await samples("trend"), "bookstream_consumer_messages_total", {
        consumer: "trend",
        type: CATALOG.bookAdded,
        outcome: "handled",
      }) === 1
    );
  });

  it("tells the lag of each partition that was read, and 0 after quiet; the outbox is empty then", async () => {
    await eventually(async () => {
      const all = await samples("trend");
      const lags = all.filter(({ name }) => name === "bookstream_consumer_lag_messages");
      const seconds = all.filter(({ name }) => name === "bookstream_consumer_lag_seconds");
      return lags.length === 8 && seconds.length === 8 && [...lags, ...seconds].every(({ value }) => value === 0);
    });
    await eventually(async () => {
      const all = await samples("web");
      // A search is recorded behind its answer, so the outbox may be empty before it.
      return (valueOf(all, "bookstream_relay_messages_total") ?? 0) > 2 &&
        valueOf(all, "bookstream_outbox_rows") === 0 &&
        valueOf(all, "bookstream_outbox_oldest_seconds") === 0;
    });
  });

  it("measures requests by the pattern of their route, never by their path", async () => {
    const all = (await samples("web")).filter(({ name }) => name === "bookstream_http_requests_total");
    const of = (route: string, method: string, status: string) =>
      valueOf(all, "bookstream_http_requests_total", { route, method, status });
    expect([of("/v1/books", "POST", "2xx"), of("/v1/books", "GET", "2xx"), of("/v1/books/:id", "GET", "2xx")]).toEqual([
      1,
      1,
      1,
    ]);
    expect(of("unmatched", "GET", "4xx")).toBe(2);
    expect(all.filter(({ labels }) => /4711|b1|dune|%/.test(labels.route!))).toEqual([]);
    await suite.asks.web("/v1/books", { method: "BREW" });
    const later = await samples("web");
    expect(valueOf(later, "bookstream_http_requests_total", { route: "unmatched", method: "other" })).toBe(1);
  });

  it("is what docs/monitor.md says, name by name, both ways, and every metric is in use", async () => {
    const page = readFileSync(new URL("../../../docs/monitor.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| `([a-z_]+)` +\| (\w+) +\| ([^|]*)\|/gm)].map(([, name, type, labels]) => [
      name,
      type,
      [...labels!.matchAll(/`(\w+)`/g)].map((match) => match[1]),
    ]);
    expect(rows.length).toBeGreaterThan(15);
    expect(rows).toEqual(Object.entries(METRICS).map(([name, { kind, labels }]) => [name, kind, [...labels]]));
    const texts = await Promise.all((["web", "trend", "recommendation"] as const).map(scrape));
    for (const text of texts) {
      expect([...typesOf(text)].sort()).toEqual(rows.map(([name, type]) => [name, type]).sort());
    }
    const own = createMeter(clock);
    const measuring = meterProcess(own.meter, { service: "s", version: "v" });
    own.meter.add("bookstream_consumer_retries_total", { consumer: "c", type: "t" });
    own.meter.add("bookstream_consumer_holds_total", { consumer: "c" });
    own.meter.add("bookstream_relay_errors_total", {});
    const labels = { consumer: "c", topic: "t", partition: "0" };
    own.meter.watch(() => Promise.resolve([{ name: "bookstream_consumer_stuck_position", labels, value: 1 }]));
    own.meter.add("bookstream_http_refused_total", { reason: "head" });
    createHttpServer({
      limits: { most: 1, mostPerClient: 1 },
      trustedProxies: [],
      telemetry: { ...own, tracer: noTracer },
      logger: silent,
      fetch: () => new Response(),
    });
    const inUse = await eventually(async () => {
      const all = [...texts, await own.exposition.text()].flatMap(samplesOf);
      const names = new Set(all.map(({ name }) => name.replace(/_(count|sum|bucket)$/, "")));
      return names.has("process_cpu_seconds_total") && names;
    });
    measuring.stop();
    expect(rows.filter(([name]) => !inUse.has(name as string))).toEqual([]);
  });

  it("leaves out a gauge whose part does not answer, and answers all the same", async () => {
    const { meter, exposition } = createMeter(clock);
    meter.watch(() => new Promise(() => {}));
    meter.watch(() => Promise.reject(new Error("gone")));
    meter.watch(() => Promise.resolve([{ name: "bookstream_outbox_rows", labels: {}, value: 3 }]));
    const all = samplesOf(await exposition.text());
    expect(valueOf(all, "bookstream_outbox_rows")).toBe(3);
    expect(valueOf(all, "bookstream_outbox_oldest_seconds")).toBeUndefined();
  });

  it("adds what another thread has measured, and does without it where that does not answer", async () => {
    const labels = { consumer: "trend" };
    const thread = createMeter(clock);
    thread.meter.add("bookstream_consumer_holds_total", labels, 2);
    thread.meter.observe("bookstream_consumer_batch_messages", labels, 20);
    thread.meter.watch(() => Promise.resolve([{ name: "bookstream_consumer_failing", labels, value: 1 }]));
    for (
      const [otherThread, holds] of [[thread.measurements, 3], [() => Promise.reject(new Error("gone")), 1]] as const
    ) {
      const { meter, exposition } = createMeter(clock, otherThread);
      meter.add("bookstream_consumer_holds_total", labels);
      meter.watch(() => Promise.resolve([{ name: "bookstream_outbox_rows", labels: {}, value: 5 }]));
      const text = await exposition.text();
      const all = samplesOf(text);
      expect([...typesOf(text).keys()].sort()).toEqual(Object.keys(METRICS).sort());
      expect(valueOf(all, "bookstream_consumer_holds_total", labels)).toBe(holds);
      expect(valueOf(all, "bookstream_outbox_rows")).toBe(5);
      const others = otherThread === thread.measurements ? 1 : undefined;
      expect(valueOf(all, "bookstream_consumer_failing", labels)).toBe(others);
      expect(valueOf(all, "bookstream_consumer_batch_messages_bucket", { ...labels, le: "20" })).toBe(others);
    }
  });

  it("has the other measurements of a thread in which a gauge's part does not answer", async () => {
    const labels = { consumer: "trend" };
    const thread = createMeter(clock);
    thread.meter.watch(() => new Promise(() => {}));
    thread.meter.add("bookstream_consumer_holds_total", labels);
    const late = async () => {
      await clock.sleep(100);
      return await thread.measurements();
    };
    const all = samplesOf(await createMeter(clock, late).exposition.text());
    expect(valueOf(all, "bookstream_consumer_holds_total", labels)).toBe(1);
  });

  it("asks a gauge's part once in two seconds, however many collect at once", async () => {
    let [asked, now] = [0, 0];
    const { meter, exposition } = createMeter({ ...clock, now: () => now });
    meter.watch(() => Promise.resolve([{ name: "bookstream_outbox_rows", labels: {}, value: ++asked }]));
    await Promise.all([exposition.text(), exposition.text()]);
    now = 1_999;
    await exposition.text();
    expect(asked).toBe(1);
    now = 2_000;
    expect(valueOf(samplesOf(await exposition.text()), "bookstream_outbox_rows")).toBe(2);
  });
});
