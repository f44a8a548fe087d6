import { loadPanel } from "@/application/storefront/panel.ts";
import { isSaid } from "@/domain/activity/reader_book.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import type { App } from "@/adapters/http/base/app.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { assetRoutes } from "./asset_routes.ts";
import { bookRoutes } from "./book_routes.tsx";
import { HomePage } from "./home_page.tsx";
import { myBooksRoutes } from "./my_books_routes.tsx";
import { forYouName, page, saidOf } from "./page.ts";
import { searchRoute } from "./search_route.tsx";
import { TrendsPage } from "./trends_page.tsx";

const SHORT_LIST = 10;
const HOME_TRENDS = 6;
const LONG_LIST = 20;

/** The pages: complete as sent, without script. */
export function pageRoutes(app: App, deps: WebApiDeps): void {
  assetRoutes(app);
  homeRoute(app, deps);
  searchRoute(app, deps);
  bookRoutes(app, deps);
  myBooksRoutes(app, deps);
  trendsRoute(app, deps);
}

const idsOf = (items: { book: { id: string } }[]): string[] => items.map(({ book }) => book.id);

function homeRoute(app: App, deps: WebApiDeps): void {
  const { store, trends, recommendations, visitors } = deps;
  app.get("/", async (context) => {
    const reader = visitors.readerOfPage(context);
    const [forYou, books, queries, newest] = await Promise.all([
      loadPanel(deps, forYouName(reader), () => recommendations.forReader(reader, 2 * SHORT_LIST)),
      loadPanel(deps, `books:24h:${HOME_TRENDS}`, () => trends.books("24h", HOME_TRENDS)),
      loadPanel(deps, `queries:24h:${HOME_TRENDS}`, () => trends.queries("24h", HOME_TRENDS)),
      store.shelf.list({ facets: [], sort: "newest", limit: SHORT_LIST }),
    ]);
    const said = await saidOf(deps, reader, [
      ...idsOf(forYou.items),
      ...idsOf(books.items),
      ...newest.map(({ id }) => id),
    ]);
    // The list may be of a time before the reader's last word, or know nothing of a reader who is not to be counted.
    const unsaid = forYou.items.filter(({ book }) => !isSaid(said.get(book.id))).slice(0, SHORT_LIST);
    const popular = unsaid.length === 0 || books.items.length === 0
      ? await store.shelf.list({ facets: [], sort: "popularity", limit: SHORT_LIST })
      : [];
    for (const [id, row] of await saidOf(deps, reader, popular.map(({ id }) => id))) said.set(id, row);
    return page(
      context,
      <HomePage
        forYou={{ ...forYou, items: unsaid }}
        books={books}
        queries={queries}
        newest={newest}
        popular={popular}
        said={said}
      />,
    );
  });
}

function trendsRoute(app: App, deps: WebApiDeps): void {
  const { trends, visitors } = deps;
  app.get("/trends", async (context) => {
    const reader = visitors.readerOfPage(context);
    const wanted = context.req.query("window");
    const window = WINDOWS.find((one) => one === wanted) ?? "24h";
    const [books, queries] = await Promise.all([
      loadPanel(deps, `books:${window}:${LONG_LIST}`, () => trends.books(window, LONG_LIST)),
      loadPanel(deps, `queries:${window}:${LONG_LIST}`, () => trends.queries(window, LONG_LIST)),
    ]);
    const said = await saidOf(deps, reader, idsOf(books.items));
    return page(
      context,
      <TrendsPage
        window={window}
        books={books}
        queries={queries}
        leastReaders={trends.leastReaders?.()}
        said={said}
      />,
    );
  });
}
