import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { Unavailable } from "@/application/faults.ts";
import { awaitLogId, createLazyLog } from "@/application/messaging/wire/lazy_log.ts";
import type { Logger } from "@/application/ports.ts";
import { startTrend } from "@/services/trend/app.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";
import { message, silent } from "@/tests/support/samples.ts";

/** A log that is not there before the test says so, nor ever where it says that it refuses. Counts who has subscribed. */
function late(id = "memory-log") {
  const inner = createMemoryLog({ now: () => Date.now(), id });
  const is = { there: false, refusing: false, subscribed: 0 };
  const said: string[] = [];
  const logger: Logger = { ...silent, warn: (event) => said.push(event) };
  let passed = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + passed };
  const log = createLazyLog({
    ...inner,
    id() {
      if (is.refusing) return Promise.reject(new Error("the login is refused"));
      return is.there ? inner.id() : Promise.reject(new Unavailable("not there"));
    },
    subscribe(subscription) {
      is.subscribed++;
      return inner.subscribe(subscription);
    },
  }, { clock, logger });
  return { log, is, said, pass: (ms: number) => passed += ms };
}

/** How a promise stands by now. */
const stateOf = (promise: Promise<unknown>): Promise<string> =>
  Promise.race([promise.then(() => "resolved", (error) => `rejected: ${error.message}`), systemClock.sleep(5)])
    .then((state) => state ?? "pending");

describe("a log that comes late", () => {
  it("keeps no service from starting: what is written waits, is delivered once the log is there, and readiness says so", async () => {
    const { log, is } = late();
    const { asks, joined, stores, stop } = await memorySuite({ log });
    expect((await asks.web("/v1/books", sending("POST", { id: "b1", title: "Dune" }))).status).toBe(201);
    const act = { id: "e1", type: "viewed", reader: "r1", book: "b1" };
    expect((await asks.web("/v1/events", sending("POST", [act]))).status).toBe(202);
    const answer = await asks.web("/readyz?verbose");
    const { parts } = await answer.json();
    expect([answer.status, parts.log, parts.store.ok]).toEqual([503, { ok: false, detail: "not there" }, true]);
    expect(parts["catalog-commands"].detail).toContain("has not joined its group yet");
    expect((await asks.trend("/readyz")).status).toBe(503);
    expect([await stateOf(joined), is.subscribed, await stores.web.outbox.size()]).toEqual(["pending", 0, 2]);
    is.there = true;
    await joined;
    await eventually(async () => await stores.web.outbox.size() === 0);
    await eventually(async () => (await (await asks.trend("/v1/trends/books")).json()).items[0]?.book.id === "b1");
    for (const ask of Object.values(asks)) await eventually(async () => (await ask("/readyz")).status === 200);
    await stop();
  });

  it("is awaited in one line of the log, which is said again after ten minutes", async () => {
    const { log, said, pass } = late();
    for (const wait of [0, 2_000, 9 * 60_000, 61_000, 2_000]) {
      pass(wait);
      await expect(log.id()).rejects.toThrow(Unavailable);
      await expect(log.append([message("t", "k", "v")])).rejects.toThrow(Unavailable);
    }
    expect(said).toEqual(["log-awaited", "log-awaited"]);
  });

  it("is refused when it turns out to be another one than was read, and when it turns out to refuse this client", async () => {
    const store = createMemoryTrendStore();
    await store.at(1).uow.run(({ positions }) =>
      positions.claim({ consumer: "trend", version: 1, logId: "first", topic: "t", partition: 0 }, "o")
    );
    for (
      const [fault, says] of [["there", /^rejected: .*has read log first/], [
        "refusing",
        /^rejected: .*login is refused/,
      ]] as const
    ) {
      const { log, is } = late("second");
      const parts = { store, log, leastReaders: 1, ids, clock: systemClock, logger: silent };
      const trend = await startTrend({ ...parts, role: "all" });
      expect(await stateOf(trend.joined)).toBe("pending");
      is[fault] = true;
      await eventually(async () => says.test(await stateOf(trend.joined)));
      expect(is.subscribed).toBe(0);
      await trend.stop();
    }
  });

  it("is joined where another version went live while it was waited for", async () => {
    const store = createMemoryTrendStore();
    const { log, is } = late();
    const said: string[] = [];
    const logger: Logger = { ...silent, info: (event) => said.push(event) };
    const trend = await startTrend({ store, log, leastReaders: 1, ids, clock: systemClock, logger, role: "all" });
    const { uow } = store.at(2);
    await uow.run(({ versions }) => versions.begin());
    await uow.run(({ versions }) => versions.switchTo(2, Date.now()));
    await eventually(() => said.includes("version-followed"));
    expect(await stateOf(trend.joined)).toBe("pending");
    is.there = true;
    await eventually(async () => await stateOf(trend.joined) === "resolved");
    await trend.stop();
  });

  it("is not read from by a service that was stopped before", async () => {
    const { log, is } = late();
    const { joined, stop } = await memorySuite({ log });
    await stop();
    is.there = true;
    await systemClock.sleep(1_200);
    expect([await stateOf(joined), is.subscribed]).toEqual(["pending", 0]);
    // Nor where it was being asked just then.
    const { promise, resolve } = Promise.withResolvers<string>();
    const stopping = new AbortController();
    const asked = awaitLogId({ ...log, id: () => promise }, systemClock, stopping.signal);
    stopping.abort();
    resolve("late");
    expect(await stateOf(asked)).toBe("pending");
  });
});
