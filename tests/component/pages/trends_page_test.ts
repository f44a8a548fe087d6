import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryRecommendations, createMemoryTrends } from "@/adapters/memory/web/storefront.ts";
import { courseText } from "@/adapters/http/pages/trends/spark.tsx";
import { readerCookie } from "@/tests/support/http/cookies.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { sending } from "@/tests/support/suites/memory_suite.ts";
import { shownSuite } from "@/tests/support/pages/shown_shop.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";

describe("the pages of trends", () => {
  let suite: Awaited<ReturnType<typeof shownSuite>>;
  before(async () => {
    suite = await shownSuite("viewer");
  });
  after(() => suite.stop());
  const html = async (path: string) =>
    (await (await suite.asks.web(path, { headers: { cookie: readerCookie("viewer"), accept: "text/html" } })).text())
      .replaceAll(" >", ">");

  it("show the shop's own window unless another is asked for, and keep it in the links of the other order", async () => {
    const { window } = await (await suite.asks.trend("/v1/trends/books")).json();
    const own = await html("/trends");
    expect(own).toMatch(new RegExp(`<a href="/trends\\?window=${window}" aria-current="page">`));
    expect(own).toContain('<a href="/trends?order=rising">Rising</a>');
    const week = (await html("/trends?window=7d&order=rising")).replaceAll("&amp;", "&");
    expect(week).toContain('<a href="/trends?window=7d&order=rising" aria-current="page">7 days</a>');
    expect(week).toContain('<a href="/trends?window=7d">Top</a>');
    expect(week).toContain('data-live="/trends/stream?window=7d&order=rising"');
    expect((await suite.asks.web("/trends?window=soon&order=up")).status).toBe(200);
  });

  it("show how each book moved, as a line and in words", async () => {
    const page = await html("/trends");
    expect(page).toMatch(/<span class="change new">new<\/span>/);
    expect(page).toMatch(/<svg class="spark"[^>]* aria-label="\d+ acts?, more of them lately">/);
    expect(courseText([4, 1, 0, 1])).toBe("6 acts, fewer of them lately");
  });

  it("pass the stream of the trend service on, from the list that the page has", async () => {
    const leaving = new AbortController();
    const response = await suite.asks.web("/trends/stream?window=7d", { signal: leaving.signal });
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("event: books")) text += (await reader.read()).value ?? "";
    expect(text).toMatch(/id: \S+/);
    await reader.cancel();
    expect((await suite.asks.web("/trends/stream?window=3h")).status).toBe(503);
  });

  it("draw the line of a book that trends on its own page", async () => {
    await eventually(async () => /Trending: no\. \d+/.test(await html("/books/lamp-1")));
    expect(await html("/books/bare")).not.toContain("Trending: no.");
  });
});

describe("the home page while other services are down", () => {
  const item = { book: { id: "b1", title: "Kept Book", authors: [] }, score: 1, count: 2, readers: 2, searches: 0 };
  const course = { change: null, since: null, history: [] };
  const reason = { kind: "popular" as const, text: "Popular" };

  async function shop() {
    const clock = handClock(Date.parse("2026-11-29T10:32:10Z"));
    const lists = { isDown: false };
    const up = {
      trends: createMemoryTrends({ books: [{ ...item, ...course, rank: 1 }], queries: [] }),
      recommendations: createMemoryRecommendations({
        readers: new Map(),
        newcomers: [item.book, { id: "b2", title: "Loved Book", authors: [] }].map((book) => ({
          book,
          score: 1,
          reason,
        })),
        books: new Map(),
      }),
    };
    const or = <Value>(value: Promise<Value>) => lists.isDown ? Promise.reject(new Error("down")) : value;
    const ask = webApi(createMemoryWebStore(), clock, {
      trends: {
        books: (window, limit) => or(up.trends.books(window, limit)),
        queries: (window, limit) => or(up.trends.queries(window, limit)),
      },
      recommendations: {
        forReader: (reader, limit) => or(up.recommendations.forReader(reader, limit)),
        similarTo: (book, limit) => or(up.recommendations.similarTo(book, limit)),
      },
    });
    const books = [["b1", "Kept Book", 1], ["b2", "Loved Book", 99]] as const;
    for (const [id, title, popularity] of books) {
      await ask("/v1/books", sending("POST", { id, title, authors: [], popularity }));
    }
    const html = async (reader: string) => {
      const response = await ask("/", { headers: { cookie: readerCookie(reader), accept: "text/html" } });
      return await response.text();
    };
    const press = (reader: string, book: string, act: string) =>
      ask(`/books/${book}/acts`, {
        method: "POST",
        body: new URLSearchParams({ act }),
        headers: { cookie: readerCookie(reader), origin: "http://localhost" },
      });
    return { clock, lists, html, press };
  }
  const panel = (page: string, id: string) =>
    new RegExp(`<section aria-labelledby="${id}">[\\s\\S]*?</section>`).exec(page)?.[0] ?? "";

  it("shows each panel's last good list with its time", async () => {
    const { clock, lists, html } = await shop();
    await html("r1");
    lists.isDown = true;
    clock.pass(3_600_000);
    const page = await html("r1");
    for (const id of ["for-you", "trending-books"]) {
      expect([id, panel(page, id)]).toEqual([id, expect.stringContaining("Kept Book")]);
      expect(panel(page, id)).toMatch(/As of <time datetime="2026-11-29T10:32Z">10:32 UTC/);
    }
  });

  it("shows popular books where there was never a list, so that no panel is a hole", async () => {
    const { lists, html } = await shop();
    lists.isDown = true;
    const page = await html("newcomer");
    for (const id of ["for-you", "trending-books"]) {
      expect([id, panel(page, id)]).toEqual([id, expect.stringContaining("Loved Book")]);
      expect(panel(page, id)).toContain("not available at the moment");
    }
  });

  it("leaves out of the reader's list what they have just said something about", async () => {
    const { html, press } = await shop();
    expect(panel(await html("r2"), "for-you")).toContain("Kept Book");
    expect((await press("r2", "b1", "dismissed")).status).toBe(303);
    const after = panel(await html("r2"), "for-you");
    expect([after.includes("Kept Book"), after.includes("Loved Book")]).toEqual([false, true]);
  });
});
