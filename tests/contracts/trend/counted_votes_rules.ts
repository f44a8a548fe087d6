import { before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { HOUR } from "@/domain/hours.ts";
import { startOfWeek, weekOf } from "@/domain/trend/vote_weeks.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { countVotes } from "@/application/trend/counting/count_votes.ts";
import { listQueryTrends } from "@/application/trend/lists/list_trends.ts";
import { SPELLING_VOTES, type TrendStore, type TrendVersion } from "@/application/trend/ports.ts";
import { T0, vote } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

/** Versions that no other rule of the contract writes to are this one and the next three. */
const VERSION = 50;
/** Votes of keys, by the key: some around each number at which a store may read them in another way, and none. */
const VOTES = {
  "few-1": 1,
  "few-3": 3,
  "many-100": 100,
  "many-101": 101,
  "many-all": SPELLING_VOTES + 100,
  "of-none": 0,
};
const KEYS = Object.keys(VOTES);

/** What a trend store promises of votes that are counted: a key is read alike, however many votes it has beside the others. */
export function countedVotesRules(made: () => StoreUnderTest<TrendStore>): void {
  const version = () => made().store.at(VERSION);
  const run: TrendVersion["uow"]["run"] = (work) => version().uow.run(work);
  const [older, newer] = [startOfWeek(weekOf(T0)) - HOUR, T0];
  /** Every second vote is of the week before. Two readers share a client. Those of the week before spelled it in another way. */
  const votesOf = ([key, count]: [string, number]): Vote[] =>
    Array.from({ length: count }, (_, at) =>
      vote(key, `${key}-${String(at).padStart(4, "0")}`, {
        subject: "query",
        kind: "searched",
        time: at % 2 === 0 ? newer : older,
        client: `client-${Math.floor(at / 2)}`,
        spelling: at % 2 === 0 ? "Newer" : "older",
      }));

  describe("counted votes", () => {
    before(async () => {
      for (const own of Object.entries(VOTES)) await run((stores) => countVotes(votesOf(own), stores));
      const elsewhere = vote("few-1", "r1", { subject: "query", kind: "searched", spelling: "elsewhere" });
      await made().store.at(VERSION + 1).uow.run((stores) => countVotes([elsewhere], stores));
      // Votes without a spelling are those of the version before.
      await run((stores) => countVotes([vote("few-plain", "r1", { subject: "query", kind: "searched" })], stores));
    });

    it("reached() tells keys of few votes from keys of many by the same floor", async () => {
      const { floor } = version();
      const reached = async (least: number, span = {}) =>
        [...await floor.reached("query", [...KEYS, "few-plain"], least, span)].sort();
      expect(await reached(1)).toEqual(["few-1", "few-3", "few-plain", "many-100", "many-101", "many-all"]);
      expect(await reached(2)).toEqual(["few-3", "many-100", "many-101", "many-all"]);
      // As many readers as votes, and half as many clients.
      expect(await reached(50)).toEqual(["many-100", "many-101", "many-all"]);
      expect(await reached(51)).toEqual(["many-101", "many-all"]);
      expect(await reached(52)).toEqual(["many-all"]);
    });

    it("reached() counts the votes of a span alone, also of keys with few", async () => {
      const { floor } = version();
      const reached = async (least: number, span: { from?: number; to?: number }) =>
        [...await floor.reached("query", KEYS, least, span)].sort();
      expect(await reached(2, { from: newer })).toEqual(["few-3", "many-100", "many-101", "many-all"]);
      expect(await reached(2, { to: older })).toEqual(["many-100", "many-101", "many-all"]);
      expect(await reached(1, { to: older })).toEqual(["few-3", "many-100", "many-101", "many-all"]);
      expect(await reached(1, { from: older + 1, to: newer - 1 })).toEqual([]);
      expect(await made().store.at(VERSION + 3).floor.reached("query", KEYS, 1)).toEqual(new Set());
      expect(await floor.reached("book", KEYS, 1)).toEqual(new Set());
    });

    it("spellings() are those of all votes where they are few, and of the newest where they are many", async () => {
      const found = await version().view.spellings([...KEYS, "few-plain"]);
      const counted = Object.fromEntries([...found].map(([key, spellings]) => [
        key,
        Object.fromEntries(spellings.map(({ spelling, readers, clients }) => [spelling, [readers, clients]])),
      ]));
      expect(counted).toEqual({
        "few-1": { Newer: [1, 1] },
        "few-3": { Newer: [2, 2], older: [1, 1] },
        "few-plain": {},
        "many-100": { Newer: [50, 50], older: [50, 50] },
        "many-101": { Newer: [51, 51], older: [50, 50] },
        "many-all": { Newer: [300, 300], older: [200, 200] },
        "of-none": {},
      });
    });

    it("pages of a list of queries are its parts, each with its own counts, also where many queries are blocked", async () => {
      const own = made().store.at(VERSION + 2);
      const readers = (at: number) => 1 + at % 5;
      const votes = Array.from(
        { length: 60 },
        (_, at) =>
          Array.from({ length: readers(at) }, (_, reader) =>
            vote(`page ${at}`, `page-${at}-${reader}`, {
              subject: "query",
              kind: "searched",
              time: T0 - at * HOUR / 4,
            })),
      );
      await own.uow.run((stores) => countVotes(votes.flat(), stores));
      const isBlocked = (key: string) => Number(key.split(" ")[1]) % 3 === 0;
      const list = (skip: number, limit: number) =>
        listQueryTrends(own, { window: "24h", at: T0, leastReaders: 1, isBlocked, skip, limit });
      const whole = await list(0, 60);
      const wanted = votes.map((_, at) => [`page ${at}`, readers(at), readers(at)] as const)
        .filter(([query]) => !isBlocked(query));
      expect(new Set(whole.map(({ query, count, readers }) => JSON.stringify([query, count, readers]))))
        .toEqual(new Set(wanted.map((one) => JSON.stringify(one))));
      const pages = await Promise.all([0, 7, 14, 21, 28, 35].map((skip) => list(skip, 7)));
      expect(pages.flat()).toEqual(whole);
    });
  });
}
