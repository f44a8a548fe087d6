import { loadPanel } from "@/application/storefront/panel.ts";
import type { App, AppContext } from "@/adapters/http/base/app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { booksQuery, findPage } from "@/adapters/http/api/catalog/books_query.ts";
import { recordSearch } from "@/adapters/http/api/activity/record.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { searchUrl } from "@/adapters/http/pages/links.ts";
import { page, readerBooksOf } from "@/adapters/http/pages/page.ts";
import { type Asked, FILTERS, SORTS } from "./search_filters.tsx";
import { SearchPage } from "./search_page.tsx";

const LIMIT = 20;
const HELPING = 5;
const MAX_QUERY_CHARACTERS = 200;

/** Adds the page of a search or of the catalogue, with filters. */
export function searchRoute(app: App, deps: WebApiDeps): void {
  app.get("/search", async (context) => {
    const reader = deps.visitors.readerOfPage(context);
    const asked = askedBy(context);
    const cursor = context.req.query("cursor");
    const query = booksQuery.safeParse({ ...asked, limit: String(LIMIT), cursor, facets: "1" });
    if (!query.success) throw new HttpProblem(400, "the address of this page is broken", { code: "bad-cursor" });
    const { books, next, answer, total, facets } = await findPage(deps, query.data);
    if (asked.q !== undefined && cursor === undefined) {
      await recordSearch(deps, context, reader, asked.q, answer?.ranked ?? []);
    }
    const help = books.length === 0 && cursor === undefined ? await helpOf(deps) : undefined;
    const said = await readerBooksOf(deps, reader, [...books, ...help?.popular ?? []].map(({ id }) => id));
    return page(
      context,
      <SearchPage
        asked={asked}
        books={books}
        said={said}
        total={total}
        facets={facets ?? []}
        relaxed={answer?.relaxed ?? false}
        suggestion={answer?.suggestion}
        next={next === null ? undefined : searchUrl({ ...asked, cursor: next })}
        isFirst={cursor === undefined}
        help={help}
      />,
    );
  });
}

/** Returns the parameters of the page. Ignores invalid filters and orders, as people edit addresses. */
function askedBy(context: AppContext): Asked {
  const q = (context.req.query("q") ?? "").trim().slice(0, MAX_QUERY_CHARACTERS);
  const asked: Asked = q === "" ? {} : { q };
  for (const name of FILTERS) {
    const value = context.req.query(name)?.trim();
    if (value !== undefined && booksQuery.shape[name].safeParse(value).success) asked[name] = value;
  }
  const sort = context.req.query("sort");
  if (sort !== undefined && Object.hasOwn(SORTS, sort)) asked.sort = sort;
  return asked;
}

async function helpOf(deps: WebApiDeps) {
  const [popular, queries] = await Promise.all([
    deps.store.shelf.list({ facets: [], sort: "popularity", limit: HELPING }),
    loadPanel(deps, `queries:24h:${HELPING * 2}`, () => deps.trends.queries("24h", HELPING * 2)),
  ]);
  return { popular, queries };
}
