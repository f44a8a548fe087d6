import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import type { TrendEvent } from "@/application/trend/messages.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import { HOUR } from "@/domain/hours.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import { KINDS, openShop, type Shop } from "@/tests/support/trend/attacked_shop.ts";
import { sending } from "@/tests/support/suites/memory_suite.ts";
import { T0 } from "@/tests/support/samples.ts";
import { dumpTrends } from "@/tests/faults/simulated/checks/trend_state.ts";

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`who votes in trends, on ${kind}`, () => {
    let shop: Shop;
    afterEach(() => shop.close());
    const view = async (address: string, book: string, cookie = "") =>
      (await shop.ask(address, `/books/${book}`, cookie === "" ? {} : { headers: { cookie } })).cookie || cookie;
    const trendOf = async (book: string) =>
      (await shop.list("books", "24h")).find((item) => item.book?.id === book) as
        | { count: number; readers: number; score: number }
        | undefined;

    it("a reader who acts all day long is one reader: 60 others who looked once are more, in every window", async () => {
      shop = await openShop(await open(), { books: ["read", "pushed"] });
      const now = Date.now();
      const acts = Array.from({ length: 48 }, (_, ago) =>
        [
          { type: "viewed" },
          ...["want", "reading", "read"].map((shelf) => ({ type: "shelved", shelf })),
          { type: "rated", rating: 5 },
        ].map((act) => ({
          ...act,
          reader: "clock",
          book: "pushed",
          time: new Date(now - ago * HOUR).toISOString(),
        }))).flat().toReversed();
      expect((await shop.ask("192.0.2.1", "/v1/events", sending("POST", acts))).status).toBe(202);
      for (let at = 0; at < 60; at++) await view(`198.51.100.${at}`, "read");
      await shop.drained();
      for (const window of WINDOWS) {
        const scores = await shop.scores("books", window);
        expect([window, (scores.get("pushed") ?? 0) < scores.get("read")!]).toEqual([window, true]);
      }
      // Nothing that the reader did is forgotten.
      expect((await trendOf("pushed"))!.count).toBeGreaterThanOrEqual(5 * 23);
    });

    it("as many readers as are wanted are as many clients", async () => {
      shop = await openShop(await open(), { books: ["alone", "together"], leastReaders: 3 });
      for (let at = 0; at < 5; at++) await view("203.0.113.1", "alone");
      const own = await view("203.0.113.1", "together");
      for (const address of ["203.0.113.1", "203.0.113.2", "203.0.113.3"]) await view(address, "together", own);
      await shop.drained();
      expect([await trendOf("alone"), await trendOf("together")]).toEqual([undefined, undefined]);
      for (const address of ["203.0.113.2", "203.0.113.3"]) await view(address, "together");
      await shop.drained();
      expect([await trendOf("alone"), (await trendOf("together"))?.readers]).toEqual([undefined, 3]);
    });

    it("of the readers of one client the first ten count, all others are one who counts little", async () => {
      shop = await openShop(await open(), { books: ["dune"] });
      for (let at = 0; at < 30; at++) await view("203.0.113.1", "dune");
      await shop.drained();
      expect(await trendOf("dune")).toEqual(expect.objectContaining({ count: 11, readers: 11 }));
      expect((await trendOf("dune"))!.score).toBeGreaterThan(10);
      expect((await trendOf("dune"))!.score).toBeLessThan(10.3);
    });

    it("imports of history are not limited", async () => {
      shop = await openShop(await open(), { books: ["dune"] });
      const acts = Array.from({ length: 50 }, (_, at) => ({ type: "viewed", reader: `r${at}`, book: "dune" }));
      await shop.ask("203.0.113.1", "/v1/events", sending("POST", acts));
      await shop.drained();
      expect(await trendOf("dune")).toEqual(expect.objectContaining({ count: 50, readers: 50 }));
    });

    it("an erased reader's votes are gone, and those of their client, who is nobody, stay", async () => {
      shop = await openShop(await open(), { books: ["dune"] });
      const cookies: string[] = [];
      for (let at = 0; at < 12; at++) cookies.push(await view("203.0.113.1", "dune"));
      await shop.drained();
      const erase = async (cookie: string) => {
        const reader = /=(.+)\./.exec(cookie)![1];
        return (await shop.ask("203.0.113.1", `/v1/readers/${reader}`, { method: "DELETE", headers: { cookie } }))
          .status;
      };
      expect([await erase(cookies[0]!), await erase(cookies[11]!)]).toEqual([204, 204]);
      await shop.drained();
      expect(await trendOf("dune")).toEqual(expect.objectContaining({ count: 10, readers: 10 }));
    });
  });
}

describe("votes of a client", () => {
  const viewed = (id: string, time: number, data: object): TrendEvent => ({
    type: ACTIVITY.bookViewed,
    id,
    time,
    data: { book: "b1", ...data },
  });
  const searched = (id: string, time: number, query: string): TrendEvent => ({
    type: ACTIVITY.bookSearched,
    id,
    time,
    data: { query, normal: "dune", results: 1, books: ["b1"], client: "c1" },
  });
  const EVENTS = [
    viewed("e1", T0 + 1, { client: "c1" }),
    viewed("e2", T0 + HOUR / 2, { client: "c1" }),
    viewed("e3", T0 + HOUR - 1, { reader: "r11", client: "c1", voter: "client" }),
    viewed("e4", T0 + 2 * HOUR, { client: "c1" }),
    viewed("e5", T0 + 3, { reader: "r1", client: "c1" }),
    viewed("e6", T0 + 4, {}),
    searched("e7", T0 + 5, "Dune"),
    searched("e8", T0 + 6, "DUNE"),
  ];

  async function dumpOf(events: TrendEvent[]) {
    const version = createMemoryTrendStore().at(1);
    for (const event of events) await version.uow.run((stores) => projectTrends([event], stores));
    return await dumpTrends(version);
  }

  it("are one in an hour, whatever it does under whatever name, and weigh a fifth of a reader's view", async () => {
    const { votes } = await dumpOf(EVENTS);
    expect(votes.map(({ key, reader, kind, time, weight }) => [key, reader, kind, time - T0, weight])).toEqual([
      ["b1", "client c1", "viewed", 0, 2],
      ["b1", "e6", "viewed", 4, 2],
      ["b1", "r1", "viewed", 3, 10],
      ["b1", "client c1", "viewed", 2 * HOUR, 2],
      ["dune", "client c1", "searched", 0, 2],
    ]);
  });

  it("are the same in whatever order its events come, as they stand in many partitions", async () => {
    expect(await dumpOf(EVENTS.toReversed())).toEqual(await dumpOf(EVENTS));
  });

  it("say nothing of how a query is spelled", async () => {
    expect((await dumpOf(EVENTS)).votes.flatMap(({ spelling }) => spelling ?? [])).toEqual([]);
  });
});
