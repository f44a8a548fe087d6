import { etag } from "hono/etag";
import type { Book } from "@/domain/catalog/book.ts";
import { HOUR, hourOf } from "@/domain/hours.ts";
import { loadPanel } from "@/application/storefront/panel.ts";
import type { BookTrend } from "@/application/trend/messages.ts";
import type { App, AppContext } from "@/adapters/http/base/app.ts";
import { isSecure } from "@/adapters/http/base/limits/client_address.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { answerZipped } from "@/adapters/http/base/content/zipped.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { atomOf, type Entry, type Feed } from "./atom.ts";
import { bookUrl } from "./links.ts";
import { trendText } from "./panels.tsx";

const LENGTH = 20;
/** Feed readers poll, so they may use a response for five minutes. */
const CACHED = "public, max-age=300";
const FEEDS = { trends: "/feeds/trends.atom", newest: "/feeds/new.atom" } as const;

/** Adds the feeds of trends and of new books. They are the same for all readers. */
export function feedRoutes(app: App, deps: WebApiDeps): void {
  const { clock, store, trends } = deps;
  app.get(FEEDS.trends, etag(), async (context) => {
    const panel = await loadPanel(deps, `books::${LENGTH}`, () => trends.books(undefined, LENGTH));
    if (panel.unavailable === true) throw new HttpProblem(503, "trends are not available at the moment");
    const now = panel.asOf ?? clock.now();
    const entries = panel.items.map((item) => trendEntry(context, item, now));
    return await answerFeed(context, { title: "Bookstream: trending books", page: "/trends", entries, now });
  });
  app.get(FEEDS.newest, etag(), async (context) => {
    const now = clock.now();
    const books = await store.shelf.list({ facets: [], sort: "newest", limit: LENGTH });
    const entries = books.map((book) => bookEntry(context, book, now));
    return await answerFeed(context, { title: "Bookstream: new books", page: "/search?sort=newest", entries, now });
  });
}

/** Returns a URL as clients see it. */
function absolute(context: AppContext, path: string): string {
  const url = new URL(path, context.req.url);
  url.protocol = isSecure(context) ? "https:" : "http:";
  return url.href;
}

/** Creates the entry of a trend. Its time is the beginning of the trend, not the last change of its numbers. */
const trendEntry = (context: AppContext, item: BookTrend, now: number): Entry => ({
  link: absolute(context, bookUrl(item.book.id)),
  title: item.book.title,
  authors: item.book.authors,
  summary: trendText(item),
  updated: item.since === null ? hourOf(now) * HOUR : Date.parse(item.since),
});

/** Creates the entry of a book. Its time is the book's year, as the catalogue has no day. */
const bookEntry = (context: AppContext, book: Book, now: number): Entry => ({
  link: absolute(context, bookUrl(book.id)),
  title: book.title,
  authors: book.authors,
  summary: book.description,
  updated: book.year === undefined ? 0 : Math.min(yearStart(book.year), yearStart(new Date(now).getUTCFullYear())),
});

const yearStart = (year: number): number => Math.max(0, Date.UTC(year, 0, 1));

type Listed = Pick<Feed, "title" | "page" | "entries"> & { now: number };

/** Answers with a feed. Its times are whole hours or those of entries, so that its ETag stays the same while the feed does. */
function answerFeed(context: AppContext, { title, page, entries, now }: Listed): Promise<Response> {
  const updated = entries.length === 0 ? hourOf(now) * HOUR : Math.max(...entries.map((entry) => entry.updated));
  const self = absolute(context, context.req.path);
  return answerZipped(context, atomOf({ self, page: absolute(context, page), title, updated, entries }), {
    "content-type": "application/atom+xml; charset=utf-8",
    "cache-control": CACHED,
  });
}
