import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Fetch } from "@/adapters/http_client/get_list.ts";
import { createHttpRecommendations } from "@/adapters/http_client/recommendations.ts";
import { createHttpTrends } from "@/adapters/http_client/trends.ts";
import { createMemoryRecommendations, createMemoryTrends } from "@/adapters/memory/web/storefront.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite, sending, TOKEN } from "@/tests/support/suites/memory_suite.ts";
import { storefrontContract } from "./storefront_contract.ts";

const dune = { id: "dune", title: "Dune", authors: ["Frank Herbert"] };
const messiah = { id: "messiah", title: "Dune Messiah", authors: ["Frank Herbert"] };
const emma = { id: "emma", title: "Emma", authors: ["Jane Austen"] };
const hangs = () => new Promise<Response>(() => {});

storefrontContract("memory", () => {
  const popular = { kind: "popular" as const, text: "Popular with readers" };
  const next: RecommendationItem = {
    book: messiah,
    score: 1,
    reason: { kind: "because_you", text: "Because you looked at Dune", book: "dune" },
  };
  const recommendations = createMemoryRecommendations({
    readers: new Map([["r2", [next]]]),
    newcomers: [dune, messiah, emma].map((book, at) => ({ book, score: 1 / (at + 1), reason: popular })),
    books: new Map([["dune", [{ ...next, reason: { kind: "same_author", text: "Also by Frank Herbert" } }]]]),
  });
  const course = { change: null, since: null, history: [] };
  const trends = createMemoryTrends({
    books: [
      { rank: 1, book: dune, score: 2.5, count: 2, readers: 2, searches: 1, ...course },
      { rank: 2, book: messiah, score: 1.4, count: 1, readers: 1, searches: 1, ...course },
    ],
    queries: [{ rank: 1, query: "Dune", score: 1, count: 1, readers: 1, books: [dune, messiah], ...course }],
  });
  const gone = {
    trends: createMemoryTrends({}),
    recommendations: createMemoryRecommendations({ readers: new Map(), books: new Map() }),
  };
  return Promise.resolve({ trends, recommendations, gone, close: () => Promise.resolve() });
});

storefrontContract("the real apps, in process", async () => {
  const suite = await memorySuite();
  for (const [at, book] of [dune, messiah, emma].entries()) {
    await suite.asks.web("/v1/books", sending("POST", { ...book, popularity: 30 - 10 * at }));
  }
  await suite.asks.web(
    "/v1/events",
    sending("POST", [
      { type: "viewed", reader: "r1", book: "dune" },
      { type: "viewed", reader: "r2", book: "dune" },
      { type: "viewed", reader: "r1", book: "messiah" },
      { type: "searched", reader: "r1", query: "Dune" },
    ]),
  );
  // However long a busy machine takes to answer.
  const patience = 60_000;
  const trends = createHttpTrends(async (request) => await suite.trend.fetch(request), "http://trend.test", {
    timeoutMs: patience,
  });
  const recommendations = createHttpRecommendations(
    async (request) => await suite.recommendation.fetch(request),
    "http://rec.test",
    { timeoutMs: patience, token: () => TOKEN },
  );
  await eventually(async () =>
    (await trends.queries("24h", 1)).length === 1 && (await recommendations.forReader("nobody", 3)).length === 3
  );
  await eventually(async () => {
    const [first, second] = await trends.books("24h", 2);
    return first?.readers === 2 && second?.readers === 1;
  });
  await eventually(async () => (await recommendations.forReader("r2", 1))[0]?.reason.book === "dune");
  const fails = () => Promise.resolve(new Response("no", { status: 503 }));
  const gone = {
    trends: createHttpTrends(hangs, "http://trend.test", { timeoutMs: 20 }),
    recommendations: createHttpRecommendations(fails, "http://rec.test"),
  };
  return { trends, recommendations, gone, close: () => suite.stop() };
});

describe("the stream of the trend service as the storefront sees it", () => {
  const follow = (fetch: Fetch, signal = new AbortController().signal) =>
    createHttpTrends(fetch, "http://trend.test", { timeoutMs: 20 }).follow({ order: "top" }, signal);
  const streaming = (cancel = () => {}) =>
    new Response(new ReadableStream({ cancel }), { headers: { "content-type": "text/event-stream" } });

  it("is a rejection where nothing answers in time, and the question is given up", async () => {
    let asked: AbortSignal | undefined;
    const late = follow((request) => {
      asked = request.signal;
      return hangs();
    });
    await expect(late).rejects.toThrow("trend at http://trend.test did not answer within 20 ms");
    expect(asked?.aborted).toBe(true);
  });

  it("is given up where it begins too late", async () => {
    const answer = Promise.withResolvers<Response>();
    await expect(follow(() => answer.promise)).rejects.toThrow("within 20 ms");
    const given = Promise.withResolvers<void>();
    answer.resolve(streaming(given.resolve));
    await given.promise;
  });

  it("goes on for longer than an answer may take, until its signal is aborted", async () => {
    let asked: AbortSignal | undefined;
    const left = new AbortController();
    const { status } = await follow((request) => {
      asked = request.signal;
      return Promise.resolve(streaming());
    }, left.signal);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([status, asked?.aborted]).toEqual([200, false]);
    left.abort();
    expect(asked?.aborted).toBe(true);
  });
});
