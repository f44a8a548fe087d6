import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY, dayOf, HOUR, MINUTE } from "@/domain/hours.ts";
import { scoreOf } from "@/domain/trend/decay.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { TREND_BACKFILLS } from "@/application/trend/counting/backfill.ts";
import type { TrendEvent } from "@/application/trend/messages.ts";
import { listQueryTrends } from "@/application/trend/lists/list_trends.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import { queryPurge, rareQueryPurge } from "@/application/trend/counting/purge_queries.ts";
import { T0 } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

const searched = (query: string, reader: string, fields: { time?: number; client?: string } = {}): TrendEvent => {
  const { time = T0, client } = fields;
  const data = { reader, query, normal: query, results: 1, books: ["b1"], ...(client === undefined ? {} : { client }) };
  return { type: ACTIVITY.bookSearched, id: `${query} ${reader} ${time}`, time, data };
};
const erased = (reader: string): TrendEvent => ({
  type: ACTIVITY.readerErased,
  id: `erased ${reader}`,
  time: T0,
  data: { reader },
});
/** Later than anything that a test stores. */
const LATER = (dayOf(Date.now()) + 400) * DAY;

/** What the removal of queries promises. Each rule has a version of its own. */
export function queryPurgeRules(made: () => StoreUnderTest<TrendStore>): void {
  const at = (version: number) => {
    const [one, other] = [made().store.at(version), made().other.at(version)];
    const project = (events: TrendEvent[], by = one) => by.uow.run((stores) => projectTrends(events, stores));
    const forget = (keys: string[]) =>
      one.uow.run(({ votes }) => votes.removeOf(keys.map((key) => ({ subject: "query", key })), LATER));
    const countsOf = async (key: string) =>
      (await one.uow.run(({ counts }) => counts.of("query", key))).map(({ count, weight }) => [count, weight]);
    const shown = async () => (await other.shownHistory.queries(2 * LATER, undefined, 5_000)).map(({ key }) => key);
    const scored = async () => (await other.history.keys({ subject: "query", key: "" }, 5_000)).map(({ key }) => key);
    return { one, other, project, forget, countsOf, shown, scored };
  };
  const walk = async (remove: ReturnType<typeof queryPurge>, before = LATER) => {
    let rows = 0;
    for (let more = true; more;) {
      const step = await remove(before, 500);
      rows += step.rows;
      more = step.more;
    }
    return rows;
  };

  it("queries without a vote go with all that is stored of them, and no list says anything else", async () => {
    const { one, other, project, forget, countsOf, shown, scored } = at(41);
    await project(
      ["l-r1", "l-r2", "l-r3"].flatMap((reader) =>
        ["aged", "half", "kept"].map((query, back) => searched(query, reader, { time: T0 - back * 50 * DAY }))
      ),
    );
    await project([searched("half", "l-r4", { time: T0 - HOUR }), searched("words", "l-gone")]);
    await project([erased("l-gone")]);
    // Votes age, their counts stay.
    await forget(["aged"]);
    const lists = async (view = other) => {
      const all = [];
      for (const window of [...WINDOWS, "3h", "730d"]) {
        for (const moment of [T0 + 1, T0 - 51 * DAY, T0 - 89 * DAY]) {
          for (const order of ["top", "rising"] as const) {
            for (const leastReaders of [1, 3]) {
              const asked = { window, order, at: moment, now: T0 + 1, limit: 10, leastReaders };
              all.push(await listQueryTrends(view, asked));
            }
          }
        }
      }
      return all;
    };
    const before = await lists();
    expect(await walk(queryPurge(one), T0 - 200 * DAY)).toBe(0);
    expect([await shown(), await scored()]).toEqual([["aged", "half", "kept", "words"], ["aged", "half", "kept"]]);
    expect(await walk(queryPurge(one))).toBe(2);
    expect([await shown(), await scored()]).toEqual([["half", "kept"], ["half", "kept"]]);
    expect([await countsOf("aged"), await countsOf("half")]).toEqual([[], [[3, 30], [1, 10]]]);
    expect(await lists()).toEqual(before);
    // A rebuild copies what the log has lost.
    const rebuilt = at(47);
    await TREND_BACKFILLS[0]!.copy(other, rebuilt.one, { before: LATER, since: LATER }, () => {});
    expect([await rebuilt.shown(), await rebuilt.scored(), await lists(rebuilt.other)])
      .toEqual([["half", "kept"], ["half", "kept"], before]);
    expect(before.flat().length).toBeGreaterThan(20);
  });

  it("a query that went starts again, and an event of it that comes twice counts once", async () => {
    const { one, project, forget, countsOf, shown, scored } = at(42);
    const events = ["b-r1", "b-r2"].map((reader) => searched("back", reader));
    await project(events);
    await forget(["back"]);
    await walk(queryPurge(one));
    for (const event of [events[0]!, events[0]!]) await project([event]);
    expect([await countsOf("back"), await shown(), await scored()]).toEqual([[[1, 10]], ["back"], ["back"]]);
    await project([erased("b-r1")]);
    expect([await countsOf("back"), await scored()]).toEqual([[], []]);
  });

  it("in a crowd those go, with their votes, that fewer than two readers by two clients searched for", async () => {
    const { one, other, project, countsOf, shown, scored } = at(43);
    const [mine, yours] = [{ client: "c1" }, { client: "c2" }];
    await project([
      searched("alone", "c-r1", mine),
      searched("alone", "c-r1", { ...yours, time: T0 + HOUR }),
      searched("family", "c-r1", mine),
      searched("family", "c-r2", mine),
      searched("shared", "c-r1", mine),
      searched("shared", "c-r2", yours),
      searched("young", "c-r1", { time: LATER }),
      searched("words", "c-gone"),
    ]);
    await project([erased("c-gone")]);
    const list = () =>
      listQueryTrends(other, { window: "7d", at: T0 + DAY, now: T0 + DAY, limit: 10, leastReaders: 2 });
    const before = await list();
    expect(before.map(({ query }) => query)).toEqual(["shared"]);
    expect([await one.shownHistory.queryCount(9), await one.shownHistory.queryCount(3)]).toEqual([5, 3]);
    expect([await walk(rareQueryPurge(one, 5)), (await shown()).length]).toEqual([0, 5]);
    expect(await walk(rareQueryPurge(one, 4))).toBe(3);
    expect([await shown(), await scored()]).toEqual([["shared", "young"], ["shared", "young"]]);
    expect([await countsOf("alone"), await countsOf("family"), await countsOf("shared")]).toEqual([[], [], [[2, 20]]]);
    expect(await list()).toEqual(before);
    await project([erased("c-r1")]);
    expect([await countsOf("alone"), await countsOf("shared"), await countsOf("young")]).toEqual([[], [[1, 10]], []]);
  });

  it("who searches for a query while it goes is counted, and nobody else", async () => {
    const { one, project, countsOf, shown, scored } = at(48);
    await project([searched("raced", "x-r1")]);
    const reached = async () => {
      await project([searched("raced", "x-r2", { time: LATER })]);
      return new Set<string>();
    };
    await walk(rareQueryPurge({ ...one, floor: { reached } }, 0));
    expect([await countsOf("raced"), await shown(), await scored()]).toEqual([[[1, 10]], ["raced"], ["raced"]]);
    await project([erased("x-r1"), erased("x-r2")]);
    expect([await countsOf("raced"), await scored()]).toEqual([[], []]);
  });

  it("what was stored lately stays in a crowd, however long ago it was done", async () => {
    const { one, project, countsOf, scored } = at(44);
    await project([searched("imported", "i-r1", { time: T0 - 2_000 * DAY })]);
    expect([await walk(rareQueryPurge(one, 0), Date.now() - HOUR), await scored()]).toEqual([0, ["imported"]]);
    expect(await countsOf("imported")).toEqual([[1, 10]]);
    expect([await walk(rareQueryPurge(one, 0)), await scored()]).toEqual([1, []]);
  });

  it("candidates of every window are the highest that are left, also where nearly all of them went", async () => {
    const { one, other, project } = at(45);
    const keys = Array.from({ length: 1_300 }, (_, at) => `q${String(at).padStart(4, "0")}`);
    const events = keys.map((key, at) => searched(key, "w-r1", { time: T0 - at * 10 * MINUTE }));
    for (let from = 0; from < events.length; from += 100) await project(events.slice(from, from + 100));
    // Bars are raised now and then.
    for (let run = 0; run < 130; run++) await one.uow.run(() => Promise.resolve());
    await project([searched(keys[700]!, "w-r2"), searched(keys[701]!, "w-r2")]);
    expect(await walk(rareQueryPurge({ ...one, floor: { reached: (_, some) => Promise.resolve(stays(some)) } }, 9)))
      .toBe(1_198);
    function stays(some: string[]) {
      return new Set(some.filter((key) => key >= keys[1_200]! || [keys[700], keys[701]].includes(key)));
    }
    const left = [keys[700]!, keys[701]!, ...keys.slice(1_200)];
    for (const window of WINDOWS) expect(await other.view.candidates("query", window, 0, 200)).toEqual(left);
  });

  it("counts are those of the votes that are left, when queries go beside others' acts and erasures", async () => {
    const { one, other, project, countsOf } = at(46);
    const keys = Array.from({ length: 40 }, (_, at) => `busy${at}`);
    await project(keys.flatMap((key) => [searched(key, "m-gone"), searched(`own ${key}`, "m-gone")]));
    const adding = ["m-r1", "m-r2", "m-r3"].map((reader, at) =>
      project(keys.map((key) => searched(key, reader, { time: LATER + at })), at % 2 === 0 ? one : other)
    );
    await Promise.all([
      ...adding,
      walk(rareQueryPurge(one, 0)),
      project([erased("m-gone")], other),
      walk(rareQueryPurge(other, 0)),
      walk(queryPurge(other)),
    ]);
    for (const key of keys) {
      expect([await countsOf(key), await countsOf(`own ${key}`)]).toEqual([[[3, 30]], []]);
    }
    const buckets = await one.view.buckets("query", keys);
    const scores = await one.uow.run(({ scores }) => scores.lock(keys.map((key) => ({ subject: "query", key }))));
    expect(scores.length).toBe(keys.length);
    for (const { key, score } of scores) {
      for (const window of WINDOWS) expect(score[window]).toBeCloseTo(scoreOf(buckets.get(key)!)![window], 9);
    }
  });
}
