import { csrf } from "hono/csrf";
import { ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { seriesBooks } from "@/application/catalog/search/listing/series_books.ts";
import { editionsFacet } from "@/application/catalog/books/editions.ts";
import { followTrendLines } from "@/application/storefront/trend_lines.ts";
import { loadPanel } from "@/application/storefront/panel.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { takesForm } from "@/adapters/http/base/content/body.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { problemOf } from "@/adapters/http/base/problems/rejections.ts";
import { actCommand, recordView } from "@/adapters/http/api/activity/record.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { actOf } from "@/adapters/http/pages/act_form.ts";
import { BookPage } from "./book_page.tsx";
import { bookUrl, ownPath } from "@/adapters/http/pages/links.ts";
import { FORM, page, readerBooksOf } from "@/adapters/http/pages/page.ts";

const SIMILAR = 10;
/** How many similar books are requested. Some are already shown above, as books of the series. */
const SIMILAR_ASKED = 30;
const EDITIONS = 30;

/** Adds the route of a book's page, and the one of the buttons' form. */
export function bookRoutes(app: App, deps: WebApiDeps): void {
  bookRoute(app, deps);
  actRoute(app, deps);
}

function bookRoute(app: App, deps: WebApiDeps): void {
  const { store, recommendations, visitors } = deps;
  const lines = followTrendLines(deps);
  app.get("/books/:id", async (context) => {
    const reader = visitors.readerOfPage(context);
    const book = await store.shelf.get(context.req.param("id"));
    if (book === undefined) throw new HttpProblem(404, "There is no such book.");
    await recordView(deps, context, reader, book.id);
    const [similar, series, work] = await Promise.all([
      loadPanel(deps, `similar:${book.id}`, () => recommendations.similarTo(book.id, SIMILAR_ASKED)),
      seriesBooks(store, book),
      store.shelf.list({ facets: [editionsFacet(book)], sort: "newest", limit: EDITIONS }),
    ]);
    const editions = work.filter(({ id }) => id !== book.id);
    const above = [book, ...editions, ...series].map(({ id }) => id);
    const items = similar.items.filter((item) => !above.includes(item.book.id)).slice(0, SIMILAR);
    const isAllAbove = items.length === 0 && similar.items.length > 0;
    const listed = await readerBooksOf(deps, reader, [...above, ...items.map((item) => item.book.id)]);
    return page(
      context,
      <BookPage
        book={book}
        said={listed.get(book.id)}
        similar={isAllAbove ? undefined : { ...similar, items }}
        series={series}
        editions={editions}
        listed={listed}
        trend={lines.of(book.id)}
      />,
    );
  });
}

function actRoute(app: App, deps: WebApiDeps): void {
  const { bus, visitors } = deps;
  app.post("/books/:id/acts", csrf(), takesForm(FORM), async (context) => {
    const reader = visitors.readerOfPage(context);
    const book = context.req.param("id");
    const form = await context.req.parseBody();
    const act = actOf(form.act);
    if (act === undefined) throw new HttpProblem(422, "The form has no act that is known here.");
    const command = actCommand(deps, context, { ...act, reader, book });
    const [outcome] = await bus.dispatch(ACTIVITY_TOPICS.commands, [command]);
    if (outcome?.kind === "rejected") {
      throw outcome.rejection.code === "unknown-book"
        ? new HttpProblem(404, "There is no such book.")
        : problemOf(outcome.rejection);
    }
    const back = ownPath(form.back);
    // Returns to the book in the list in which the button was pressed.
    return context.redirect(back === undefined ? bookUrl(book) : `${back}#book-${encodeURIComponent(book)}`, 303);
  });
}
