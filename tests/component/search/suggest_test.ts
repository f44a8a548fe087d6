import { before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import type { QueryTrend } from "@/application/trend/messages.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { book, silent as logger } from "@/tests/support/samples.ts";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { followPopularQueries } from "@/application/storefront/popular_queries.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";
import { written } from "@/tests/support/suites/web_shop.ts";

const course = { change: null, since: null, history: [] };
const trend = (query: string): QueryTrend => ({ rank: 1, query, score: 1, count: 1, readers: 3, books: [], ...course });

/** A shop whose trend service says what the test wants. */
function shop() {
  const [store, clock] = [createMemoryWebStore(), handClock()];
  const asked = { times: 0 };
  let answer: () => Promise<QueryTrend[]> = () => new Promise(() => {});
  const queries = () => {
    asked.times++;
    return answer();
  };
  const ask = webApi(store, clock, { trends: { books: () => Promise.resolve([]), queries } });
  const suggested = async (query: string) => {
    const { items } = await (await ask(`/v1/suggest?${query}`)).json();
    return items.map(({ kind, text }: { kind: string; text: string }) => `${kind} ${text}`);
  };
  return { store, clock, asked, ask, suggested, trendSays: (say: typeof answer) => void (answer = say) };
}

describe("GET /v1/suggest", () => {
  let made: ReturnType<typeof shop>;
  before(async () => {
    made = shop();
    await made.store.uow.run(async ({ books }) => {
      for (let at = 0; at < 30; at++) await books.save(book(`m${at}`, { title: `Mill Song ${at}`, authors: [] }));
      await books.save(book("keeper", { title: "The Millhouse Keeper", authors: ["Ida Sample"], popularity: 9 }));
    });
  });

  it("answers from the catalogue while the trend service does not answer, and adds its queries when it does", async () => {
    const { suggested, asked } = made;
    expect(await suggested("q=millh")).toEqual(["title The Millhouse Keeper"]);
    expect(asked.times).toBe(1);
    expect(await suggested("q=millh")).toEqual(["title The Millhouse Keeper"]);
    expect(asked.times).toBe(1);
    const fresh = shop();
    await fresh.store.uow.run(({ books }) =>
      books.save(book("b", { title: "Chairs", subjects: ["windmill song", "old mill", "lake"] }))
    );
    fresh.trendSays(() => Promise.resolve([trend("Windmill song"), trend("old mill"), trend("lake")]));
    await eventually(async () => (await fresh.suggested("q=")).length === 3);
    expect(await fresh.suggested("q=mil")).toEqual(["title Chairs", "query old mill"]);
    expect(await fresh.suggested("q=windmill+s")).toEqual(["title Chairs", "query Windmill song"]);
    fresh.trendSays(() => Promise.reject(new Error("away")));
    fresh.clock.pass(60_000);
    for (let time = 0; time < 3; time++) {
      expect(await fresh.suggested("q=mil")).toEqual(["title Chairs", "query old mill"]);
    }
  });

  it("keeps the queries that it has when neither the trend service nor its own store answers, and the process goes on", async () => {
    const clock = handClock();
    let isOut = false;
    const answer = () => isOut ? Promise.reject(new Error("away")) : Promise.resolve([trend("old mill")]);
    const lastGood = createMemoryLastGood();
    const popular = followPopularQueries({
      trends: { books: () => Promise.resolve([]), queries: answer },
      lastGood: { ...lastGood, get: () => Promise.reject(new Error("the store does not answer")) },
      clock,
      logger,
    });
    await eventually(() => popular.completing("mil", 3).length === 1);
    isOut = true;
    clock.pass(60_000);
    expect(popular.completing("mil", 3)).toEqual(["old mill"]);
    // A rejection that nobody takes would end the process, and this test with it.
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(popular.completing("mil", 3)).toEqual(["old mill"]);
  });

  it("keeps to its limit, with places for popular queries, and repeats no text", async () => {
    const fresh = shop();
    await fresh.store.uow.run(async ({ books }) => {
      for (let at = 0; at < 30; at++) await books.save(book(`m${at}`, { title: `Mill Song ${at}`, authors: [] }));
    });
    fresh.trendSays(() => Promise.resolve(["mill song 1", "mill song book", "mill song 2 3"].map(trend)));
    await eventually(async () => (await fresh.suggested("q=")).length === 3);
    const items = await fresh.suggested("q=mill+song&limit=5");
    expect(items.length).toBe(5);
    expect(items.slice(-2)).toEqual(["query mill song book", "query mill song 2 3"]);
    expect(new Set(items.map((one: string) => one.split(" ").slice(1).join(" ").toLowerCase())).size).toBe(5);
    expect((await fresh.suggested("q=mill")).length).toBe(8);
  });

  it("passes on no popular query with a word that no book has", async () => {
    const fresh = shop();
    await fresh.store.uow.run(({ books }) => books.save(book("b", { title: "The Millhouse Keeper" })));
    fresh.trendSays(() => Promise.resolve(["milhouse keeper", "keeper of the millhouse", "mill"].map(trend)));
    await eventually(async () => (await fresh.suggested("q=keep")).length === 2);
    expect(await fresh.suggested("q=keep")).toEqual(["title The Millhouse Keeper", "query keeper of the millhouse"]);
    expect(await fresh.suggested("q=mil")).not.toContain("query mill");
  });

  it("is bounded, takes anything that is typed, and counts as no search", async () => {
    const { ask, store } = made;
    expect((await ask("/v1/suggest?q=mill&limit=11")).status).toBe(422);
    expect((await ask(`/v1/suggest?q=${"m".repeat(201)}`)).status).toBe(422);
    for (const odd of ['"', "author:", "-", "isbn:x", "%", "\\", "'", "🚀", "***", " ".repeat(200)]) {
      expect([odd, (await ask(`/v1/suggest?q=${encodeURIComponent(odd)}`)).status]).toEqual([odd, 200]);
    }
    expect(await written(store)).toEqual([]);
  });
});
