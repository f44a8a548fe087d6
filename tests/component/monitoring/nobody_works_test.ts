import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { createLease } from "@/application/messaging/leases/lease.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import { startRelay } from "@/application/messaging/outbox/relay.ts";
import type { Clock } from "@/application/ports.ts";
import { startEngine } from "@/application/recommendation/engine/engine.ts";
import { relayPart } from "@/services/shared/health/readiness.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message } from "@/tests/support/samples.ts";

/** A clock that goes sixty times as fast. */
const fast: Clock = {
  now: () => performance.now() * 60,
  sleep: (ms, signal) => systemClock.sleep(ms / 60, signal),
};

/** Leases that nobody can take and that nobody has, unless it is said who. */
const refused = (owners = new Map<string, string>()): Leases => ({
  take: () => Promise.resolve(new Map()),
  release: () => Promise.resolve(),
  owners: () => Promise.resolve(owners),
});

const said = () => {
  const events: string[] = [];
  const note = (event: string) => void events.push(event);
  return { events, logger: { error: note, warn: note, info: note, debug: () => {} } };
};

describe("work that a lease belongs to and that nobody does", () => {
  const relay = (leases: Leases, logger: ReturnType<typeof said>["logger"]) => {
    const store = createMemoryWebStore();
    const deps = { log: createMemoryLog(), clock: fast, logger, owner: "me" };
    return startRelay({ ...store, leases, changes: store.changes(), ...deps });
  };

  it("is said by a relay that gets no shard while nobody has any: one line, and it is not ready", async () => {
    const { events, logger } = said();
    const one = relay(refused(), logger);
    expect(relayPart(one)(false)).toEqual({ ok: true });
    await eventually(() => one.state().vacant.length === 8);
    expect(relayPart(one)(false)).toEqual({ ok: false, detail: "no relay has 8 of the 8 shards of the outbox" });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(events).toEqual(["shards-vacant"]);
    await one.stop();
  });

  it("is not said while another relay has the shards", async () => {
    const { events, logger } = said();
    const held = Array.from({ length: 8 }, (_, at) => [`relay/shard/${at}`, "other"] as const);
    const one = relay(refused(new Map([["relay/seat/0", "other"], ...held])), logger);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect([one.state().vacant, events]).toEqual([[], []]);
    await one.stop();
  });

  it("is said of a relay whose call of the store never answers", async () => {
    let at = 0;
    const store = createMemoryWebStore();
    const clock = { ...systemClock, now: () => at };
    const outbox = { ...store.outbox, read: () => new Promise<never>(() => {}) };
    const { logger } = said();
    const one = startRelay({
      ...store,
      outbox,
      changes: store.changes(),
      log: createMemoryLog(),
      clock,
      logger,
      owner: "me",
    });
    await store.uow.run(({ outbox }) => outbox.add([message("t", "k", "waits")]));
    await eventually(() => one.state().shards === 8);
    at += 29_000;
    expect(relayPart(one)(false)).toEqual({ ok: true });
    at += 5_000;
    expect(relayPart(one)(false)).toEqual({
      ok: false,
      detail: expect.stringMatching(/^has not come round for 3\d s$/),
    });
  });

  it("is said by an engine that may not lead while nobody does", async () => {
    const { events, logger } = said();
    const store = createMemoryRecommendationStore();
    const engine = startEngine({
      ...store.at(1),
      version: 1,
      leases: refused(),
      changes: store.changes(),
      clock: fast,
      logger,
      owner: "me",
    });
    expect(engine.state().leaderless).toBe(false);
    await eventually(() => engine.state().leaderless && events.length > 0);
    expect(events).toEqual(["engine-leaderless"]);
    await engine.stop();
  });

  it("is over when the lease is had, by this owner or another", async () => {
    let at = 0;
    const clock = { ...systemClock, now: () => at };
    const owners = new Map<string, string>();
    const lease = createLease({ leases: refused(owners), name: "l", owner: "me", clock, durationMs: 1_000 });
    await lease.take();
    at += 20_000;
    await lease.take();
    expect(lease.vacantMs()).toBe(20_000);
    owners.set("l", "other");
    await lease.take();
    expect(lease.vacantMs()).toBe(0);
  });
});
