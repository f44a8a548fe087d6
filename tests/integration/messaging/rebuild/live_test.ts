import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { DAY } from "@/domain/hours.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { projectionRebuild } from "@/application/messaging/projections/projection.ts";
import { createRebuilds, type Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import { startEngine } from "@/application/recommendation/engine/engine.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { startTrend } from "@/services/trend/app.ts";
import { recommendationDump, trendDump, trendLists } from "@/tests/support/databases/dumps.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { event, type Mixed, mixture } from "@/tests/support/mixture.ts";
import { REBUILD_WORLDS, type RebuildWorld } from "@/tests/support/messaging/rebuild_worlds.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { TOPICS } from "@/application/published/topics.ts";

const topics = [TOPICS.catalogEvents, TOPICS.activityEvents];
const messages = (all: Mixed[]) => all.map(({ message }) => message);

/** Runs a rebuild to its end; rejects when it fails. */
async function finished(rebuilds: Rebuilds, anew = false) {
  await rebuilds.start({ anew });
  return await eventually(() => {
    const last = rebuilds.last()!;
    if (last.state === "failed") return { detail: last.detail };
    return last.state === "switched" && last.report;
  });
}

for (const { name, make } of REBUILD_WORLDS) {
  describe(`a rebuild while the services run: ${name}`, () => {
    let world: RebuildWorld;
    afterEach(() => world?.close());

    /** Waits until consumers of these versions have read everything, each in a group of its own. */
    async function readAll(version: number): Promise<void> {
      const { trend, recommendation, log } = world;
      const rest = { version, topics, log, clock, logger, owner: "reader" };
      const running = [
        await startConsumer({
          ...rest,
          name: "trend",
          group: `all-${version}`,
          uow: trend.at(version).uow,
          sink: trendProjection.sink(trend.at(version)),
        }),
        await startConsumer({
          ...rest,
          name: "recommendation",
          group: `all-r-${version}`,
          uow: recommendation.at(version).uow,
          sink: recommendationProjection.sink(recommendation.at(version)),
        }),
      ];
      const { uow, readers, marks, books, settings } = recommendation.at(version);
      const engine = startEngine({
        uow,
        readers,
        marks,
        books,
        settings,
        version,
        leases: recommendation.leases,
        changes: recommendation.changes(),
        clock,
        logger,
        owner: `reader-${version}`,
      });
      const logId = await log.id();
      const places = await log.partitions(topics);
      await eventually(async () => {
        for (const store of [trend, recommendation]) {
          const consumer = store === trend ? "trend" : "recommendation";
          const keys = places.map(({ topic, partition }) => ({ consumer, version, logId, topic, partition }));
          const stored = await store.at(version).uow.run(({ positions }) => positions.lock(keys));
          const lag = await log.lag(places.map((place, at) => ({ ...place, next: stored[at]?.next })));
          if (lag.some((one) => one > 0)) return false;
        }
        return (await marks.oldest(1)).length === 0;
      });
      for (const consumer of running) await consumer.stop();
      await engine.stop();
    }

    it("equals the live version at the same position: numbers to the unit, lists to the order", async () => {
      world = await make();
      const { trend, recommendation, log } = world;
      const now = Date.now();
      const all = mixture(7, 900, now - 6 * DAY, now - 60_000);
      const half = Math.floor(all.length / 2);
      await log.append(messages(all.slice(0, half)));
      const parts = { log, role: "all" as const, clock, ids, logger };
      const services = [
        await startTrend({ ...parts, store: trend, leastReaders: 1 }),
        await startRecommendation({ ...parts, store: recommendation }),
      ];
      await eventually(async () =>
        (await Promise.all(services.map((one) => one.handled()))).every((count) => count > 0)
      );

      const tools = { log, clock, ids, logger };
      const rebuilding = Promise.all([
        finished(createRebuilds(projectionRebuild(trendProjection, { ...tools, store: trend }))),
        finished(createRebuilds(projectionRebuild(recommendationProjection, { ...tools, store: recommendation }))),
      ]);
      for (let at = half; at < all.length; at += 25) {
        await log.append(messages(all.slice(at, at + 25)));
        await clock.sleep(10);
      }
      const reports = await rebuilding;
      for (const report of reports) expect(report).toMatchObject({ live: 1, next: 2, resumes: false, parked: 0 });
      // The services go on with the new version by themselves.
      const late = event(ACTIVITY.bookRated, "late", "late-reader", now, {
        reader: "late-reader",
        book: "b1",
        rating: 3,
      });
      await log.append([late.message]);
      await eventually(async () => {
        const votes = await trend.at(2).history.votes({ subject: "book", key: "b1" }, now + 1, undefined, 5_000);
        const rows = await recommendation.at(2).readers.interactions(["late-reader"]);
        return votes.some(({ reader }) => reader === "late-reader") && rows.length === 1;
      });
      for (const service of services) await service.stop();
      for (const version of [1, 2]) await readAll(version);

      expect(await trendDump(trend.at(2))).toEqual(await trendDump(trend.at(1)));
      for (const at of [now, now - DAY]) {
        const lists = await trendLists(trend.at(1), at);
        expect(lists.flat().length).toBeGreaterThan(50);
        expect(await trendLists(trend.at(2), at)).toEqual(lists);
      }
      const [old, fresh] = [
        await recommendationDump(recommendation.at(1)),
        await recommendationDump(recommendation.at(2)),
      ];
      expect(old.lists.filter(({ neighbours }) => neighbours.length > 0).length).toBeGreaterThan(5);
      expect(fresh).toEqual(old);
    });
  });
}
