import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY, HOUR } from "@/domain/hours.ts";
import { ACTIVITY, activityOrder } from "@/application/activity/messages.ts";
import { replay } from "@/application/messaging/dead_letters/replay.ts";
import { createProjectionSink } from "@/application/messaging/consuming/projection_sink.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { trendEvents } from "@/application/trend/messages.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import type { TrendStores, TrendVersion } from "@/application/trend/ports.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { projectionSinks } from "@/application/messaging/projections/projection.ts";
import { all as resultsOf } from "@/tests/support/messaging/dead_letters.ts";
import { bookAdded, event } from "@/tests/support/mixture.ts";
import { silent as logger } from "@/tests/support/samples.ts";

import { dump, rebuild, shop, START, truncate, type World } from "@/tests/support/messaging/rebuild_shop.ts";

describe("dead letters and a rebuild", () => {
  const rated = (version: string, id: string, reader: string, time = START + HOUR) =>
    event(`bookstream.activity.book-rated.${version}`, id, reader, time, { reader, book: "b1", rating: 5 });
  const all = [
    bookAdded("b1", START),
    rated("v2", "newer", "r1"),
    rated("v1", "behind", "r1"),
    rated("v1", "r2", "r2"),
  ];
  /** Knows the second version of a rating too, as a program after an upgrade does. */
  const upgraded = ({ uow }: TrendVersion): Sink<TrendStores> =>
    createProjectionSink({
      events: { ...trendEvents, "bookstream.activity.book-rated.v2": trendEvents[ACTIVITY.bookRated] },
      order: activityOrder,
      uow,
      apply: (events, stores) =>
        projectTrends(
          events.map((one) =>
            one.type === "bookstream.activity.book-rated.v2" ? { ...one, type: ACTIVITY.bookRated } : one
          ),
          stores,
        ),
    });
  const letters = async ({ store }: World) =>
    (await store.deadLetters.list({}, 0, 99)).map(({ version, message, reason }) => [
      version,
      message.headers.ce_id,
      reason,
    ]);
  const voters = async (world: World, version: number) =>
    (await dump(world, version)).votes.map(({ reader }) => reader);

  it("messages of a version that was unknown are handled after an upgrade, and their dead letters are gone", async () => {
    const world = await shop(all);
    expect(await letters(world)).toEqual([[1, "newer", "unknown-version"], [1, "behind", "behind"]]);
    const report = await rebuild(world, { sink: upgraded });
    expect([report.parked, await letters(world)]).toEqual([0, []]);
    expect([await voters(world, 1), await voters(world, 2)]).toEqual([["r2"], ["r1", "r2"]]);
  });

  it("what still cannot be handled is a dead letter of the new version, replayed into that", async () => {
    const world = await shop(all);
    const report = await rebuild(world);
    expect(report.parked).toBe(2);
    expect(await letters(world)).toEqual([[2, "newer", "unknown-version"], [2, "behind", "behind"]]);
    const sinks = { trend: (version: number) => upgraded(world.store.at(version)) };
    const closed = await resultsOf(replay({ deadLetters: world.store.deadLetters, sinks, clock: world.clock, logger }));
    expect(closed.map(({ came }) => came)).toEqual(["replayed", "replayed"]);
    expect([await voters(world, 1), await voters(world, 2)]).toEqual([["r2"], ["r1", "r2"]]);
  });

  it("those of the filled version are replayed into that, not into the live one, before the switch", async () => {
    const world = await shop([bookAdded("b1", START)]);
    await world.log.append([rated("v1", "late", "r9").message]);
    await world.store.at(2).uow.run(({ deadLetters }) =>
      deadLetters.park({
        consumer: "trend",
        version: 2,
        logId: "memory-log",
        reason: "failed",
        detail: "",
        attempts: 1,
        at: 0,
        ordered: true,
        message: { ...rated("v1", "late", "r9").message, partition: 0, position: "0", next: "1", timestamp: 0 },
      })
    );
    const sinks = projectionSinks(trendProjection, world.store);
    const closed = await resultsOf(replay({ deadLetters: world.store.deadLetters, sinks, clock: world.clock, logger }));
    expect(closed.map(({ came }) => came)).toEqual(["replayed"]);
    expect([await voters(world, 1), await voters(world, 2)]).toEqual([[], ["r9"]]);
  });

  it("whose messages the log no longer has go over to the new version", async () => {
    const world = await shop([...all, rated("v2", "young", "r4", START + 5 * DAY)]);
    await truncate(world.log, START + 4 * DAY);
    const report = await rebuild(world);
    expect(report.parked).toBe(3);
    expect((await letters(world)).sort()).toEqual([
      [2, "behind", "behind"],
      [2, "newer", "unknown-version"],
      [2, "young", "unknown-version"],
    ]);
    expect(await voters(world, 2)).toEqual(["r2"]);
  });
});
