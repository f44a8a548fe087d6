import { beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog, type MemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { discard, replay } from "@/application/messaging/dead_letters/replay.ts";
import { type ParkResult, parkUnreadable } from "@/application/messaging/dead_letters/park_unreadable.ts";
import { projectionRebuild, projectionSinks } from "@/application/messaging/projections/projection.ts";
import { startRebuild } from "@/application/messaging/rebuild/rebuild.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { startTrend } from "@/services/trend/app.ts";
import { all, rated } from "@/tests/support/messaging/dead_letters.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { TOKEN } from "@/tests/support/suites/memory_suite.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const PLACE = { topic: TOPICS.activityEvents, partition: 0, position: "2" };

describe("what the log cannot read", () => {
  let log: MemoryLog;
  let store: TrendStore;
  let trend: Awaited<ReturnType<typeof startTrend>>;
  const sinks = () => projectionSinks(trendProjection, store);
  const park = async (wanted: Partial<Parameters<typeof parkUnreadable>[1]> = {}) => {
    const found: ParkResult[] = [];
    for await (const one of parkUnreadable({ sinks: sinks(), log, clock, logger }, { ...PLACE, ...wanted })) {
      found.push(one);
    }
    return found;
  };
  const ask = async (path: string) => {
    const response = await trend.fetch(new Request(`http://test${path}`));
    return { status: response.status, text: await response.text() };
  };
  const letters = () => store.deadLetters.list({}, 0, 10);

  beforeEach(async () => {
    log = createMemoryLog({ partitions: 1, now: Date.now });
    store = createMemoryTrendStore();
    await log.damage(PLACE.topic, 0, 2);
    await log.append(["a", "b", "bad", "c", "d"].map((id) => rated(id, `r${id}`)));
    const parts = { log, role: "all" as const, adminToken: TOKEN, clock, ids, logger };
    trend = await startTrend({ ...parts, store, leastReaders: 1 });
    await eventually(async () => (await ask("/readyz")).status === 503 && await trend.handled() === 2);
  });

  it("makes the service not ready, which names the place, the reason and what to do", async () => {
    const { text } = await ask("/readyz?verbose");
    expect(text).toContain(`cannot read ${PLACE.topic}/0 on from 2: the message is damaged`);
    expect(text).toContain(`deno task dead-letters park ${PLACE.topic}/0@2 parks it`);
    expect(JSON.parse(text).parts.consumer.partitions).toContainEqual(
      expect.objectContaining({ partition: `${PLACE.topic}/0`, stuck_at: "2" }),
    );
    await trend.stop();
  });

  it("is parked with its bytes by an operator's word, and the consumer goes on", async () => {
    expect(await park({ dryRun: true })).toMatchObject([{ consumer: "trend", version: 1, came: "would-be" }]);
    expect([await letters(), await trend.handled()]).toEqual([[], 2]);
    expect(await park()).toMatchObject([{ came: "parked", detail: "the message is damaged" }]);
    await eventually(async () => await trend.handled() === 4 && (await ask("/readyz")).status === 200);
    const [letter, ...more] = await letters();
    expect(more).toEqual([]);
    expect(letter).toMatchObject({ consumer: "trend", version: 1, reason: "undecodable", ordered: false });
    expect(letter!.message).toMatchObject({ position: "2", next: "3", value: rated("bad", "rbad").value });
    expect(await park()).toMatchObject([{ came: "elsewhere", detail: "it can read on" }]);

    const replayDeps = { deadLetters: store.deadLetters, sinks: sinks(), clock, logger };
    expect(await all(replay(replayDeps, [letter!.id]))).toMatchObject([{
      came: "failed",
      detail: /send its messages again/,
    }]);
    expect((await letters())[0]!.detail).toBe("the message is damaged");
    expect(await all(discard(replayDeps, [letter!.id]))).toMatchObject([{ came: "discarded" }]);
    await trend.stop();
  });

  it("is left alone at any other place, and passed over up to a position where the operator gives one", async () => {
    for (const position of ["0", "1", "3", "5"]) {
      expect(await park({ position })).toMatchObject([{
        came: "elsewhere",
        detail: "it is stuck at 2: the message is damaged",
      }]);
    }
    expect(await park({ partition: 3 })).toEqual([]);
    expect(await park({ to: "4" })).toMatchObject([{ came: "parked" }]);
    await eventually(async () => await trend.handled() === 3);
    expect(await letters()).toMatchObject([{
      detail: "the message is damaged; passed over up to position 4",
      message: { next: "4" },
    }]);
    await trend.stop();
  });

  it("is parked by nobody whose consumer has moved in the meantime", async () => {
    const inspect = log.unreadableAt;
    log.unreadableAt = async (cursor) => {
      const found = await inspect(cursor);
      const key = { consumer: "trend", version: 1, logId: await log.id(), ...PLACE };
      await store.at(1).uow.run(({ positions }) => positions.move([{ key, next: "1" }]));
      return found;
    };
    expect(await park()).toMatchObject([{ came: "moved" }]);
    expect(await letters()).toEqual([]);
    await trend.stop();
  });

  const rebuild = async () => {
    const deps = projectionRebuild(trendProjection, { store, log, clock, ids, logger });
    return await (await startRebuild({ ...deps, owner: "o" }, { anew: false, onProgress: () => {} })).done;
  };

  it("ends a rebuild with what to do, and is passed by it where an operator has parked it before", async () => {
    await expect(rebuild()).rejects.toThrow(/cannot read .*\/0 on from 2: .* park .*@2 parks it; then run again/);
    expect(await park()).toMatchObject([{ version: 1, came: "parked" }, { version: 2, came: "parked" }]);
    const [letter] = await letters();
    const replayDeps = { deadLetters: store.deadLetters, sinks: sinks(), clock, logger };
    await all(discard(replayDeps, [letter!.id]));
    expect(await rebuild()).toMatchObject({ next: 2 });
    await eventually(async () => await trend.handled() >= 2);
    // The next version meets it again, and nobody is asked.
    expect(await rebuild()).toMatchObject({ next: 3, read: 4 });
    expect((await letters()).filter(({ version }) => version === 3)).toMatchObject([{ reason: "undecodable" }]);
    await trend.stop();
  });
});
