import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { ConsumerState } from "@/application/messaging/consuming/consumer.ts";
import { Unavailable } from "@/application/faults.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { type Check, consumerPart, readiness } from "@/services/shared/health/readiness.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { startWeb } from "@/services/web/app.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, silent as logger } from "@/tests/support/samples.ts";

/** A part's calls that fail, or do not answer, as long as the test says so. */
type Fault = "none" | "gone" | "hangs";
async function through<Value>(fault: () => Fault, work: () => Promise<Value>): Promise<Value> {
  if (fault() === "none") return await work();
  await eventually(() => fault() !== "hangs", 60_000);
  throw new Unavailable("gone");
}

const WELL: ConsumerState = {
  healthy: true,
  heldSince: undefined,
  joined: true,
  reachable: true,
  assigned: ["t/0"],
  halted: [],
  stuck: [],
  handled: 5,
  skipped: 0,
  retried: 0,
  parked: 1,
};
const consumer = (state: Partial<ConsumerState>) =>
  consumerPart({
    name: "c",
    joined: Promise.resolve(),
    state: () => ({ ...WELL, ...state }),
    lag: () => Promise.resolve([]),
    stop: () => Promise.resolve(),
  }, clock);

describe("readiness()", () => {
  const ask = (checks: Record<string, Check>) => readiness(checks, clock, false);

  it("a consumer that is held, has not joined, hears nothing of the log or met a gap makes the service not ready", async () => {
    expect((await ask({ consumer: consumer({}) })).ready).toBe(true);
    for (const state of [{ healthy: false }, { joined: false }, { reachable: false }, { halted: ["t/0"] }]) {
      expect([state, (await ask({ consumer: consumer(state) })).ready]).toEqual([state, false]);
    }
  });

  it("a consumer that cannot read a partition on, or joins and ends again and again, makes it not ready and says why", async () => {
    const stuck = [{ name: "t/0", position: "7", reason: "it is damaged", remedy: "do this", since: 1 }];
    expect((await ask({ consumer: consumer({ stuck }) })).parts.consumer).toEqual({
      ok: false,
      detail: "cannot read t/0 on from 7: it is damaged; do this",
    });
    expect((await ask({ consumer: consumer({ failing: "it ends" }) })).parts.consumer).toEqual({
      ok: false,
      detail: "it ends",
    });
  });

  it("a part that throws is not ready and says why; the others are asked all the same", async () => {
    const gone = () => Promise.reject(new Error("gone"));
    expect(await ask({ store: gone, relay: () => ({ ok: true }) })).toEqual({
      ready: false,
      parts: { store: { ok: false, detail: "gone" }, relay: { ok: true } },
    });
  });
});

type Answer = { status: number; parts: Record<string, Record<string, unknown>> };

/** The web service whose store and log can be taken away. */
async function web(role: "all" | "api" = "all") {
  const fault: { store: Fault; log: Fault } = { store: "none", log: "none" };
  const memory = createMemoryWebStore();
  const inner = createMemoryLog();
  const log: EventLog = {
    ...inner,
    append: (messages) => through(() => fault.log, () => inner.append(messages)),
    lag: (places) => through(() => fault.log, () => inner.lag(places)),
  };
  const service = await startWeb({
    store: { ...memory, ping: () => through(() => fault.store, memory.ping) },
    log,
    trends: { books: () => Promise.resolve([]), queries: () => Promise.resolve([]) },
    recommendations: { forReader: () => Promise.resolve([]), similarTo: () => Promise.resolve([]) },
    lastGood: createMemoryLastGood(),
    role,
    clock,
    ids,
    logger,
  });
  const ask = async (path: string): Promise<Answer> => {
    const answer = await service.fetch(new Request(`http://web.test${path}`));
    return { status: answer.status, parts: (await answer.json()).parts };
  };
  return { service, memory, inner, fault, ask };
}

describe("readiness", () => {
  for (const part of ["store", "log"] as const) {
    for (const how of ["gone", "hangs"] as const) {
      it(`is lost while the ${part} ${how === "gone" ? "is gone" : "hangs"}, and comes back by itself; the process lives on`, async () => {
        const { service, fault, ask } = await web();
        await eventually(async () => (await ask("/readyz")).status === 200);
        fault[part] = how;
        const lost = await eventually(async () => {
          const answer = await ask("/readyz?verbose");
          return answer.status === 503 && answer;
        });
        expect(lost.parts[part]?.ok).toBe(false);
        expect(lost.parts[part]?.detail).toMatch(how === "gone" ? /gone/ : /no answer within 2000 ms/);
        const others = Object.entries(lost.parts).filter(([name]) => name !== part);
        expect(others.map(([, { ok }]) => ok)).toEqual(others.map(() => true));
        expect((await ask("/livez")).status).toBe(200);
        fault[part] = "none";
        await eventually(async () => (await ask("/readyz")).status === 200);
        await service.stop();
      });
    }
  }

  it("of a process that only answers requests does not depend on the log", async () => {
    const { service, fault, ask } = await web("api");
    fault.log = "gone";
    expect(await ask("/readyz?verbose")).toEqual({
      status: 200,
      parts: {
        store: { ok: true, bytes: 0 },
        outbox: { ok: true, rows: 0, oldest_seconds: 0 },
      },
    });
    await service.stop();
  });

  it("tells verbosely of the relay that holds, since when and how much waits, and of each consumer's partitions", async () => {
    const { service, memory, inner, fault, ask } = await web();
    await inner.append([message(TOPICS.catalogCommands, "k", "no JSON")]);
    type Partitions = { position: string | null }[];
    const consumed = await eventually(async () => {
      const part = (await ask("/readyz?verbose")).parts["catalog-commands"]!;
      // Partitions are those of a moment ago.
      return part.parked === 1 && (part.partitions as Partitions).some(({ position }) => position === "1") && part;
    });
    const partitions = consumed.partitions as Partitions;
    expect(partitions.length).toBe(4);
    expect(partitions.find(({ position }) => position === "1")).toEqual({
      partition: expect.stringMatching(/^bookstream\.catalog\.commands\/\d$/),
      owner: "this process",
      position: "1",
      lag_messages: 0,
      lag_seconds: 0,
      stands_seconds: 0,
      halted: false,
      stuck_at: null,
    });
    fault.log = "gone";
    const before = Date.now();
    await memory.uow.run(({ outbox }) => outbox.add([message(TOPICS.catalogEvents, "k", "waits")]));
    const held = await eventually(async () => {
      const part = (await ask("/readyz?verbose")).parts.relay!;
      return part.ok === false && part;
    });
    expect(Date.parse(held.held_since as string)).toBeGreaterThanOrEqual(before);
    const outbox = async () => (await ask("/readyz?verbose")).parts.outbox;
    expect(await outbox()).toEqual({ ok: true, rows: 1, oldest_seconds: expect.any(Number) });
    fault.log = "none";
    const free = await eventually(async () => {
      const part = (await ask("/readyz?verbose")).parts.relay!;
      return part.ok === true && part;
    });
    expect([free.held_since, free.relayed, free.refused, free.shards]).toEqual([undefined, 1, 0, "8 of 8"]);
    expect(await outbox()).toEqual({ ok: true, rows: 0, oldest_seconds: 0 });
    await service.stop();
  });

  it("tells whether the engine works and leads", async () => {
    const service = await startRecommendation({
      store: createMemoryRecommendationStore(),
      log: createMemoryLog(),
      role: "all",
      clock,
      ids,
      logger,
    });
    await eventually(async () => (await service.ready(true)).parts.engine?.leading === true);
    const { ready, parts } = await service.ready(true);
    expect([ready, parts.engine?.ok, parts.consumer?.ok]).toEqual([true, true, true]);
    await service.stop();
  });
});
