import { forYouName, loadPanel } from "@/application/storefront/panel.ts";
import { hasOpinion } from "@/domain/activity/reader_book.ts";
import type { App } from "@/adapters/http/base/app.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { assetRoutes } from "./asset_routes.ts";
import { bookRoutes } from "@/adapters/http/pages/book/book_routes.tsx";
import { feedRoutes } from "./feed_routes.ts";
import { HomePage } from "./home_page.tsx";
import { myBooksRoutes } from "@/adapters/http/pages/my_books/my_books_routes.tsx";
import { idsOf, page, readerBooksOf } from "./page.ts";
import { searchRoute } from "@/adapters/http/pages/search/search_route.tsx";
import { trendRoutes } from "@/adapters/http/pages/trends/trend_routes.tsx";

const SHORT_LIST = 10;
const HOME_TRENDS = 6;

/** Adds all pages. They work without JavaScript. */
export function pageRoutes(app: App, deps: WebApiDeps): void {
  assetRoutes(app);
  homeRoute(app, deps);
  searchRoute(app, deps);
  bookRoutes(app, deps);
  myBooksRoutes(app, deps);
  trendRoutes(app, deps);
  feedRoutes(app, deps);
}

function homeRoute(app: App, deps: WebApiDeps): void {
  const { store, trends, recommendations, visitors } = deps;
  app.get("/", async (context) => {
    const reader = visitors.readerOfPage(context);
    const [forYou, books, queries, newest] = await Promise.all([
      loadPanel(deps, forYouName(reader), () => recommendations.forReader(reader, 2 * SHORT_LIST)),
      loadPanel(deps, `books::${HOME_TRENDS}`, () => trends.books(undefined, HOME_TRENDS)),
      loadPanel(deps, `queries::${HOME_TRENDS}`, () => trends.queries(undefined, HOME_TRENDS)),
      store.shelf.list({ facets: [], sort: "newest", limit: SHORT_LIST }),
    ]);
    const said = await readerBooksOf(deps, reader, [
      ...idsOf(forYou.items),
      ...idsOf(books.items),
      ...newest.map(({ id }) => id),
    ]);
    // The list may be older than the reader's last act, and lacks the acts of a reader who is not counted.
    const unsaid = forYou.items.filter(({ book }) => !hasOpinion(said.get(book.id))).slice(0, SHORT_LIST);
    const popular = unsaid.length === 0 || books.items.length === 0
      ? await store.shelf.list({ facets: [], sort: "popularity", limit: SHORT_LIST + HOME_TRENDS })
      : [];
    const instead = popular.slice(0, SHORT_LIST);
    const shown = new Set(unsaid.length === 0 ? instead.map(({ id }) => id) : idsOf(unsaid));
    const others = popular.filter(({ id }) => !shown.has(id));
    for (const [id, row] of await readerBooksOf(deps, reader, popular.map(({ id }) => id))) said.set(id, row);
    return page(
      context,
      <HomePage
        forYou={{ ...forYou, items: unsaid }}
        books={books}
        queries={queries}
        newest={newest}
        popular={instead}
        otherPopular={(others.length === 0 ? popular : others).slice(0, HOME_TRENDS)}
        said={said}
      />,
    );
  });
}
