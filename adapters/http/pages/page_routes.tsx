import type { Child } from "hono/jsx";
import { csrf } from "hono/csrf";
import { etag } from "hono/etag";
import { ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { loadPanel } from "@/application/storefront/panel.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import type { App, AppContext } from "@/adapters/http/base/app.ts";
import { takesForm } from "@/adapters/http/base/body.ts";
import { HttpProblem } from "@/adapters/http/base/problem.ts";
import { problemOf } from "@/adapters/http/base/rejections.ts";
import { findPage } from "@/adapters/http/api/books_query.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { actCommand, recordSearch, recordView } from "@/adapters/http/api/record.ts";
import { actOf } from "./act_form.ts";
import { BookPage } from "./book_page.tsx";
import { bookUrl } from "./lists.tsx";
import { HomePage, SearchPage, TrendsPage } from "./other_pages.tsx";
import { ICON, STYLE } from "./assets.ts";

const SHORT_LIST = 10;
const LONG_LIST = 20;
const MAX_QUERY_CHARACTERS = 200;
const FORM = { mostBytes: 16 * 1024 };

/** The pages: complete as sent, without script. */
export function pageRoutes(app: App, deps: WebApiDeps): void {
  assetRoutes(app);
  homeRoute(app, deps);
  searchRoute(app, deps);
  bookRoute(app, deps);
  actRoute(app, deps);
  trendsRoute(app, deps);
}

function assetRoutes(app: App): void {
  app.get(
    "/assets/style.css",
    etag(),
    (context) => context.body(STYLE, 200, { "content-type": "text/css; charset=utf-8", "cache-control": "no-cache" }),
  );
  app.get(
    "/assets/icon.svg",
    etag(),
    (context) => context.body(ICON, 200, { "content-type": "image/svg+xml", "cache-control": "no-cache" }),
  );
}

function homeRoute(app: App, deps: WebApiDeps): void {
  const { store, trends, recommendations, visitors } = deps;
  app.get("/", async (context) => {
    const reader = visitors.readerOfPage(context);
    const [forYou, books, queries, newest] = await Promise.all([
      loadPanel(deps, `for-you:${reader}`, () => recommendations.forReader(reader, SHORT_LIST)),
      loadPanel(deps, "books:24h", () => trends.books("24h", SHORT_LIST)),
      loadPanel(deps, "queries:24h", () => trends.queries("24h", SHORT_LIST)),
      store.shelf.list({ facets: [], sort: "newest", limit: SHORT_LIST }),
    ]);
    return page(context, <HomePage forYou={forYou} books={books} queries={queries} newest={newest} />);
  });
}

function searchRoute(app: App, deps: WebApiDeps): void {
  app.get("/search", async (context) => {
    const reader = deps.visitors.readerOfPage(context);
    const query = (context.req.query("q") ?? "").trim().slice(0, MAX_QUERY_CHARACTERS);
    const cursor = context.req.query("cursor");
    if (query === "") return page(context, <SearchPage query="" books={[]} results={0} next={undefined} />);
    const { books, next, answer } = await findPage(deps, {
      q: query,
      limit: LONG_LIST,
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (cursor === undefined) await recordSearch(deps, context, reader, query, answer?.ranked ?? []);
    const more = next === null ? undefined : `/search?${new URLSearchParams({ q: query, cursor: next })}`;
    return page(context, <SearchPage query={query} books={books} results={answer?.ranked.length ?? 0} next={more} />);
  });
}

function bookRoute(app: App, deps: WebApiDeps): void {
  const { store, recommendations, visitors } = deps;
  app.get("/books/:id", async (context) => {
    const reader = visitors.readerOfPage(context);
    const book = await store.shelf.get(context.req.param("id"));
    if (book === undefined) throw new HttpProblem(404, "There is no such book.");
    await recordView(deps, context, reader, book.id);
    const [similar, own] = await Promise.all([
      loadPanel(deps, `similar:${book.id}`, () => recommendations.similarTo(book.id, SHORT_LIST)),
      store.readerList.about(reader, book.id),
    ]);
    return page(context, <BookPage book={book} said={own} similar={similar} />);
  });
}

function actRoute(app: App, deps: WebApiDeps): void {
  const { bus, visitors } = deps;
  app.post("/books/:id/acts", csrf(), takesForm(FORM), async (context) => {
    const reader = visitors.readerOfPage(context);
    const book = context.req.param("id");
    const act = actOf((await context.req.parseBody()).act);
    if (act === undefined) throw new HttpProblem(422, "The form has no act that is known here.");
    const [outcome] = await bus.dispatch(ACTIVITY_TOPICS.commands, [
      actCommand(deps, context, { ...act, reader, book }),
    ]);
    if (outcome?.kind === "rejected") {
      throw outcome.rejection.code === "unknown-book"
        ? new HttpProblem(404, "There is no such book.")
        : problemOf(outcome.rejection);
    }
    return context.redirect(bookUrl(book), 303);
  });
}

function trendsRoute(app: App, deps: WebApiDeps): void {
  const { trends, visitors } = deps;
  app.get("/trends", async (context) => {
    visitors.readerOfPage(context);
    const wanted = context.req.query("window");
    const window = WINDOWS.find((one) => one === wanted) ?? "24h";
    const [books, queries] = await Promise.all([
      loadPanel(deps, `books:${window}:${LONG_LIST}`, () => trends.books(window, LONG_LIST)),
      loadPanel(deps, `queries:${window}:${LONG_LIST}`, () => trends.queries(window, LONG_LIST)),
    ]);
    return page(
      context,
      <TrendsPage window={window} books={books} queries={queries} leastReaders={trends.leastReaders?.()} />,
    );
  });
}

/** A page is made for one reader, so no shared cache may keep it. */
async function page(context: AppContext, content: Child): Promise<Response> {
  context.header("cache-control", "private, no-store");
  return context.html(`<!doctype html>${await content}`);
}
