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
/** Feed readers poll. */
const CACHED = "public, max-age=300";
const FEEDS = { trends: "/feeds/trends.atom", newest: "/feeds/new.atom" } as const;

/** Feeds of trends and of new books. They are the same for all readers. */
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

/** A URL as clients see it. */
function absolute(context: AppContext, path: string): string {
  const url = new URL(path, context.req.url);
  url.protocol = isSecure(context) ? "https:" : "http:";
  return url.href;
}

/** An entry's time is the beginning of its trend, not the last change of its numbers. */
const trendEntry = (context: AppContext, item: BookTrend, now: number): Entry => ({
  link: absolute(context, bookUrl(item.book.id)),
  title: item.book.title,
  authors: item.book.authors,
  summary: trendText(item),
  updated: item.since === null ? hourOf(now) * HOUR : Date.parse(item.since),
});

/** A book's time is its year, as the catalogue has no day. */
const bookEntry = (context: AppContext, book: Book, now: number): Entry => ({
  link: absolute(context, bookUrl(book.id)),
  title: book.title,
  authors: book.authors,
  summary: book.description,
  updated: book.year === undefined ? 0 : Math.min(yearStart(book.year), yearStart(new Date(now).getUTCFullYear())),
});

const yearStart = (year: number): number => Math.max(0, Date.UTC(year, 0, 1));

type Listed = Pick<Feed, "title" | "page" | "entries"> & { now: number };

/** Times in a feed are whole hours or those of acts, so that its ETag holds until it says something else. Counts of 24 hours fall with the clock alone. */
function answerFeed(context: AppContext, { title, page, entries, now }: Listed): Promise<Response> {
  const updated = entries.length === 0 ? hourOf(now) * HOUR : Math.max(...entries.map((entry) => entry.updated));
  const self = absolute(context, context.req.path);
  return answerZipped(context, atomOf({ self, page: absolute(context, page), title, updated, entries }), {
    "content-type": "application/atom+xml; charset=utf-8",
    "cache-control": CACHED,
  });
}
