import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { HOUR } from "@/domain/hours.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { startOfWeek, weekOf } from "@/domain/trend/vote_weeks.ts";
import { raise } from "@/domain/trend/decay.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import {
  type OldVotes,
  SPELLING_VOTES,
  type TrendStore,
  type TrendVersion,
  type VotesPurged,
} from "@/application/trend/ports.ts";
import { T0, vote } from "@/tests/support/samples.ts";
import { bucketRules } from "./bucket_rules.ts";
import { countedVotesRules } from "./counted_votes_rules.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";
import { pastRules } from "./past_rules.ts";
import { queryPurgeRules } from "./query_purge_rules.ts";
import { scoreRules } from "./score_rules.ts";
import { shownRules } from "./shown_rules.ts";

/** What every trend store promises. */
export function trendContract(name: string, make: () => Promise<StoreUnderTest<TrendStore>>): void {
  describe(`trend store: ${name}`, () => {
    let made: StoreUnderTest<TrendStore>;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());
    const run: TrendVersion["uow"]["run"] = (work) => made.store.at(1).uow.run(work);

    it("addNew() returns only the votes that were not there: same key, kind, reader and hour are one vote", async () => {
      const first = vote("v1", "r1");
      const others = [
        vote("v1", "r2"),
        vote("v1", "r1", { kind: "read" }),
        vote("v1", "r1", { time: T0 + HOUR }),
        vote("v1", "r1", { subject: "query" }),
      ];
      expect(await run(({ votes }) => votes.addNew([first, { ...first, time: T0 + 1_000 }]))).toEqual([first]);
      expect(await run(({ votes }) => votes.addNew([{ ...first, weight: 99 }, ...others]))).toEqual(others);
    });

    it("counts add up, and a bucket that comes to nothing is gone", async () => {
      const bucket = { subject: "book" as const, key: "c1", kind: "viewed" as const, start: T0, count: 2, weight: 20 };
      await run(({ counts }) => counts.add([bucket, { ...bucket, kind: "read", count: 1, weight: 40 }]));
      await run(({ counts }) => counts.add([{ ...bucket, count: 3, weight: 30 }]));
      expect(await run(({ counts }) => counts.of("book", "c1"))).toEqual([
        { ...bucket, kind: "read", count: 1, weight: 40 },
        { ...bucket, count: 5, weight: 50 },
      ]);
      expect(await made.other.at(1).view.buckets("book", ["c1"])).toEqual(
        new Map([["c1", [{ start: T0, count: 6, weight: 90 }]]]),
      );
      await run(({ counts }) => counts.add([{ ...bucket, count: -5, weight: -50 }]));
      expect((await run(({ counts }) => counts.of("book", "c1"))).map(({ kind }) => kind)).toEqual(["read"]);
    });

    it("candidates come by the window's stored score, ties by key, and skip passes over the first", async () => {
      const [low, high] = [raise(undefined, 10, T0), raise(undefined, 20, T0)];
      await run(({ scores }) =>
        scores.put([{ subject: "query", key: "s-b", score: low }, { subject: "query", key: "s-a", score: low }, {
          subject: "query",
          key: "s-c",
          score: high,
        }])
      );
      for (const window of WINDOWS) {
        expect(await made.store.at(1).view.candidates("query", window, 0, 10)).toEqual(["s-c", "s-a", "s-b"]);
      }
      expect(await made.other.at(1).view.candidates("query", "7d", 1, 1)).toEqual(["s-a"]);
      expect(
        await run(({ scores }) => scores.lock([{ subject: "query", key: "s-c" }, { subject: "query", key: "none" }])),
      ).toEqual([
        { subject: "query", key: "s-c", score: high },
      ]);
      await run(({ scores }) => scores.remove([{ subject: "query", key: "s-c" }]));
      expect(await made.store.at(1).view.candidates("query", "1h", 0, 10)).toEqual(["s-a", "s-b"]);
    });

    scoreRules(() => made);

    bucketRules(() => made);

    countedVotesRules(() => made);

    it("tally() counts the votes of a span to the millisecond, searches apart, readers once", async () => {
      const at = T0 + 48 * HOUR;
      await run(({ votes }) =>
        votes.addNew([
          vote("t1", "r1", { time: at }),
          vote("t1", "r1", { time: at, kind: "read" }),
          vote("t1", "r2", { time: at - 24 * HOUR + 1, kind: "found" }),
          vote("t1", "r3", { time: at - 24 * HOUR }),
          vote("t1", "r4", { time: at + 1 }),
        ])
      );
      expect(await made.store.at(1).view.tally("book", ["t1", "none"], at - 24 * HOUR, at)).toEqual(
        new Map([["t1", { count: 2, readers: 2, searches: 1 }], ["none", { count: 0, readers: 0, searches: 0 }]]),
      );
    });

    it("the floor is reached by distinct readers, not by votes", async () => {
      await run(({ votes }) => votes.addNew([0, 1, 2, 3].map((hour) => vote("f1", "r1", { time: T0 + hour * HOUR }))));
      await run(({ votes }) => votes.addNew(["r1", "r2"].map((reader) => vote("f2", reader))));
      expect(await made.store.at(1).floor.reached("book", ["f1", "f2", "none"], 2)).toEqual(new Set(["f2"]));
    });

    it("the floor is reached by distinct clients too: readers of one client are one, and a reader is one by any client", async () => {
      const by = (key: string, reader: string, client?: string, fields: Partial<Vote> = {}) =>
        vote(key, reader, { ...fields, ...(client === undefined ? {} : { client }) });
      await run(({ votes }) =>
        votes.addNew([
          ...["r1", "r2", "r3"].map((reader) => by("f3", reader, "c1")),
          ...["c1", "c2", "c3"].map((client, hour) => by("f4", "r1", client, { time: T0 + hour * HOUR })),
          ...["r1", "r2"].map((reader, at) => by("f5", reader, `c${at}`)),
          by("f6", "r1", "c1"),
          by("f6", "r2"),
        ])
      );
      const reached = (least: number) => made.store.at(1).floor.reached("book", ["f3", "f4", "f5", "f6"], least);
      expect(await reached(2)).toEqual(new Set(["f5", "f6"]));
      expect(await reached(1)).toEqual(new Set(["f3", "f4", "f5", "f6"]));
    });

    it("ofSameDays() gives the votes of the same voters, keys and days, as they were stored", async () => {
      const midnight = Date.UTC(2026, 10, 20);
      const own = [
        vote("d1", "d-r1", { time: midnight, weight: 7, client: "c1" }),
        vote("d1", "d-r1", { time: midnight + 23 * HOUR, kind: "read", weight: 40 }),
        vote("d2", "d-r2", { time: midnight + HOUR }),
      ];
      const others = [
        vote("d1", "d-r1", { time: midnight - 1 }),
        vote("d1", "d-r1", { time: midnight + 24 * HOUR }),
        vote("d1", "d-r2", { time: midnight }),
        vote("d2", "d-r1", { time: midnight }),
        vote("d1", "d-r1", { time: midnight, subject: "query" }),
      ];
      await run(({ votes }) => votes.addNew([...own, ...others]));
      const asked = [
        vote("d1", "d-r1", { time: midnight + 12 * HOUR, kind: "want" }),
        vote("d2", "d-r2", { time: midnight + 5 * HOUR }),
        vote("d3", "d-r3", { time: midnight }),
      ];
      const found = await run(({ votes }) => votes.ofSameDays(asked));
      expect(found.sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : a.time - b.time)).toEqual(own);
      expect(await run(({ votes }) => votes.ofSameDays([]))).toEqual([]);
      expect(await made.store.at(2).uow.run(({ votes }) => votes.ofSameDays(asked))).toEqual([]);
    });

    it("spellings() counts readers and clients of each spelling", async () => {
      const spelled = (reader: string, spelling: string | undefined, fields: Partial<Vote> = {}) =>
        vote("sp1", reader, {
          subject: "query",
          kind: "searched",
          ...fields,
          ...(spelling === undefined ? {} : { spelling }),
        });
      await run(({ votes }) =>
        votes.addNew([
          spelled("r1", "Dune", { client: "c1" }),
          spelled("r1", "Dune", { time: T0 + HOUR, client: "c2" }),
          spelled("r2", "Dune"),
          spelled("r3", "dune", { client: "c3" }),
          spelled("r4", "dune", { client: "c3" }),
          spelled("r5", "Duné"),
          spelled("r6", undefined),
        ])
      );
      const found = await made.other.at(1).view.spellings(["sp1", "none"]);
      expect(found.get("none")).toEqual([]);
      expect(new Set(found.get("sp1"))).toEqual(
        new Set([
          { spelling: "Dune", readers: 2, clients: 3 },
          { spelling: "dune", readers: 2, clients: 1 },
          { spelling: "Duné", readers: 1, clients: 1 },
        ]),
      );
    });

    it("spellings() looks at the newest votes alone, so that a query of many votes costs no more", async () => {
      const of = (reader: string, hour: number, spelling: string): Vote =>
        vote("sp2", reader, { subject: "query", kind: "searched", time: T0 + hour * HOUR, spelling });
      const newer = Array.from(
        { length: SPELLING_VOTES - 1 },
        (_, at) => of(`r${String(at).padStart(3, "0")}`, 2, "new"),
      );
      await run(({ votes }) => votes.addNew([of("a", 1, "old"), of("b", 1, "between"), ...newer]));
      expect((await made.store.at(1).view.spellings(["sp2"])).get("sp2")).toEqual(
        expect.arrayContaining([
          { spelling: "between", readers: 1, clients: 1 },
          { spelling: "new", readers: SPELLING_VOTES - 1, clients: SPELLING_VOTES - 1 },
        ]),
      );
      expect((await made.store.at(1).view.spellings(["sp2"])).get("sp2")!.length).toBe(2);
    });

    it("purge() removes votes of old weeks, unless they were stored lately, and leaves counts as they are", async () => {
      const keys = ["p1", "p2", "p3"];
      const since = startOfWeek(weekOf(T0));
      const old = keys.flatMap((key) => ["r1", "r2", "r3"].map((reader) => vote(key, reader, { time: since - HOUR })));
      const young = keys.map((key) => vote(key, "r1", { time: since }));
      const bucket = { subject: "book" as const, key: "p1", kind: "viewed" as const, start: T0, count: 4, weight: 40 };
      await run(async ({ votes, counts, scores }) => {
        await votes.addNew([...old, ...young, vote("p-query", "r1", { subject: "query", time: since - HOUR })]);
        await counts.add([bucket]);
        const score = raise(undefined, 10, T0);
        await scores.put([...keys, "p-none"].map((key) => ({ subject: "book" as const, key, score })));
        await scores.put([{ subject: "query", key: "p-query", score }]);
      });
      const walk = async (old: OldVotes) => {
        const removed: number[] = [];
        for (let after: string | undefined, done = false; !done;) {
          const step: VotesPurged = await run(({ votes }) => votes.purge(old, after, 2));
          removed.push(step.removed);
          ({ after, done } = step);
        }
        return removed;
      };
      const left = async () => {
        const tally = await made.other.at(1).view.tally("book", keys, 0, T0);
        return keys.map((key) => tally.get(key)!.count);
      };
      // Stored a moment ago, so that a repetition of the event must still find it.
      expect([Math.max(...await walk({ since, storedBefore: Date.now() - HOUR })), await left()]).toEqual([
        0,
        [4, 4, 4],
      ]);
      const later = { since, storedBefore: Date.now() + 30 * 24 * HOUR };
      await walk(later);
      expect(await left()).toEqual([1, 1, 1]);
      expect([Math.max(...await walk(later)), await left()]).toEqual([0, [1, 1, 1]]);
      await walk({ ...later, since: since + 7 * 24 * HOUR });
      expect([await left(), await run(({ counts }) => counts.of("book", "p1"))]).toEqual([[0, 0, 0], [bucket]]);
    });

    it("removeReader() takes all votes of one reader and returns them", async () => {
      const own = [vote("e1", "erase-me"), vote("e2", "erase-me", { kind: "read", weight: 40 })];
      await run(({ votes }) => votes.addNew([...own, vote("e1", "stays")]));
      const removed = await run(({ votes }) => votes.removeReader("erase-me"));
      expect(removed.sort((a, b) => a.key < b.key ? -1 : 1)).toEqual(own);
      expect(await run(({ votes }) => votes.removeReader("erase-me"))).toEqual([]);
      expect((await made.store.at(1).view.tally("book", ["e1"], T0 - 1, T0)).get("e1")).toEqual({
        count: 1,
        readers: 1,
        searches: 0,
      });
    });

    it("knows erased readers", async () => {
      await run(({ erased }) => erased.add("gone", 1));
      expect(await run(({ erased }) => erased.has(["gone", "here"]))).toEqual(new Set(["gone"]));
    });

    it("lets a mark pass unless it is kept, and keeps one that was kept", async () => {
      await run(async ({ erased }) => {
        for (const [at, reader] of ["pass1", "pass2", "kept", "young"].entries()) await erased.add(reader, 100 + at);
        await erased.keep("kept");
        await erased.add("kept", 50);
      });
      const purge = (before: number, most: number) =>
        made.other.at(2).uow.run(({ erased }) => erased.purge(before, most));
      while (await purge(100, 100) > 0);
      expect([await purge(103, 1), await purge(103, 5), await purge(103, 5)]).toEqual([1, 1, 0]);
      const names = ["pass1", "pass2", "kept", "young"];
      expect(await run(({ erased }) => erased.has(names))).toEqual(new Set(["kept", "young"]));
    });

    shownRules(() => made);

    pastRules(() => made);

    queryPurgeRules(() => made);
  });
}
