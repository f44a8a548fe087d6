import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { HOUR } from "@/domain/hours.ts";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { startPurge, stepOf } from "@/application/messaging/retention/purge.ts";
import { startWeb } from "@/services/web/app.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const clock = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal) };

describe("what is kept for a time only", () => {
  it("goes in small steps when its time is over, and by one process at a time", async () => {
    const { leases } = createMemoryWebStore();
    const steps: { by: string; before: number; most: number; removed: number }[] = [];
    let rows = 1_200;
    const start = (owner: string) =>
      startPurge({
        rules: [{
          name: "rows",
          keptMs: HOUR,
          everyMs: 1,
          remove(before, most) {
            const removed = Math.min(rows, most);
            rows -= removed;
            steps.push({ by: owner, before, most, removed });
            return Promise.resolve(stepOf(removed, most));
          },
        }],
        leases,
        clock,
        logger,
        owner,
      });
    const started = clock.now();
    const [one, other] = [start("one"), start("other")];
    await eventually(() => steps.length > 20);
    await one.stop();
    await other.stop();
    expect(steps.slice(0, 3).map(({ removed }) => removed)).toEqual([500, 500, 200]);
    expect(new Set(steps.map(({ by }) => by)).size).toBe(1);
    expect(new Set(steps.map(({ most }) => most))).toEqual(new Set([500]));
    for (const { before } of steps) expect(Math.abs(started - HOUR - before)).toBeLessThan(60_000);
  });

  it("a fault does not end it", async () => {
    const { leases } = createMemoryWebStore();
    let calls = 0;
    const remove = () => ++calls === 1 ? Promise.reject(new Error("gone")) : Promise.resolve({ rows: 0, more: false });
    const purge = startPurge({
      rules: [{ name: "rows", keptMs: 1, everyMs: 1, remove }],
      leases,
      clock,
      logger,
      owner: "one",
    });
    await eventually(() => calls > 2);
    await purge.stop();
  });

  it("the web service forgets answers after 24 hours and ids of acts after 7 days", async () => {
    const store = createMemoryWebStore();
    const now = clock.now();
    const claim = { request: "r", owner: "o", until: now, since: 0 };
    await store.uow.run(async ({ actIds, idempotencyKeys }) => {
      for (const [id, hours] of [["old", 7 * 24 + 1], ["young", 7 * 24 - 1]] as const) {
        await actIds.note(id, "f", now - hours * HOUR);
      }
      for (const [key, hours] of [["old", 25], ["young", 23]] as const) {
        await idempotencyKeys.take({ ...claim, key, now: now - hours * HOUR });
      }
    });
    const down = () => Promise.reject(new Error("not here"));
    const web = await startWeb({
      store,
      log: createMemoryLog(),
      trends: { books: down, queries: down },
      recommendations: { forReader: down, similarTo: down },
      lastGood: createMemoryLastGood(),
      role: "relay",
      clock,
      ids,
      logger,
    });
    // With another fingerprint or request, what is there is told apart from what is gone.
    const known = () =>
      store.uow.run(async ({ actIds, idempotencyKeys }) => {
        const found: string[] = [];
        for (const id of ["old", "young"]) {
          found.push(await actIds.note(id, "another", now));
          found.push((await idempotencyKeys.take({ ...claim, key: id, request: "another", now })).kind);
        }
        throw new Looked(found);
      }).catch((error: unknown) => error instanceof Looked ? error.found : Promise.reject(error));
    const found = await eventually(async () => {
      const found = await known();
      return found[0] === "new" && found[1] === "taken" && found;
    });
    expect(found).toEqual(["new", "taken", "other", "other"]);
    await web.stop();
  });
});

/** Undoes a transaction that was only a look. */
class Looked extends Error {
  constructor(readonly found: string[]) {
    super("looked");
  }
}
