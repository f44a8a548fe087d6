import { csrf } from "hono/csrf";
import { hasOpinion } from "@/domain/activity/reader_book.ts";
import { ACTIVITY, ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { messageOf } from "@/application/faults.ts";
import { forYouName } from "@/application/storefront/panel.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { takesForm } from "@/adapters/http/base/content/body.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { problemOf } from "@/adapters/http/base/problems/rejections.ts";
import { commandOf, type WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { KeptPage } from "./kept_page.tsx";
import { MyBooksPage } from "./my_books_page.tsx";
import { FORM, page } from "@/adapters/http/pages/page.ts";
import { SHELVES, shelvesOf } from "./shelves.ts";

/** The most books that a page reads of a reader's list, and the most of a download. */
const MOST_SHOWN = 2_000;
const MOST_KEPT = 1_000_000;
const ROWS_OF_EACH = 8;
const ROWS_OF_ONE = 40;
const KEPT = "/my-books/kept";

/** Adds a reader's pages: their books and their stored data, with the forms of both. */
export function myBooksRoutes(app: App, deps: WebApiDeps): void {
  const { store, visitors } = deps;
  app.get("/my-books", async (context) => {
    const rows = (await store.readerList.of(visitors.readerOfPage(context), MOST_SHOWN)).filter(hasOpinion);
    const shelves = shelvesOf(rows);
    const only = SHELVES.map(([name]) => name).find((name) => name === context.req.query("shelf"));
    const asked = /^\d{1,4}$/.exec(context.req.query("from") ?? "")?.[0];
    const range = only === undefined
      ? { from: 0, most: ROWS_OF_EACH }
      : { from: asked === undefined ? 0 : Number(asked), most: ROWS_OF_ONE };
    const ids = SHELVES.filter(([name]) => (only ?? name) === name).flatMap(([name]) =>
      shelves[name].slice(range.from, range.from + range.most)
    );
    const books = new Map((await store.shelf.byIds(ids)).map((book) => [book.id, book]));
    const said = new Map(rows.map((row) => [row.book, row]));
    return page(context, <MyBooksPage shelves={shelves} books={books} said={said} only={only} range={range} />);
  });
  keptRoutes(app, deps);
  countingRoute(app, deps);
  erasureRoute(app, deps);
}

/** Adds the reader's stored data, as a page and as a file. */
function keptRoutes(app: App, deps: WebApiDeps): void {
  const { store, visitors, recommendations, logger } = deps;
  async function keptOf(reader: string | undefined, most: number) {
    if (reader === undefined) return { list: [], recommendations: undefined, isMissing: false };
    const list = (await store.readerList.of(reader, most)).filter(hasOpinion);
    try {
      return { list, recommendations: await recommendations.keptOf?.(reader), isMissing: false };
    } catch (error) {
      logger.warn("panel-unavailable", { panel: "kept", reason: messageOf(error) });
      return { list, recommendations: undefined, isMissing: true };
    }
  }
  app.get(KEPT, async (context) => {
    const reader = visitors.readerOf(context);
    const kept = await keptOf(reader, MOST_SHOWN);
    const ids = new Set(
      [...kept.list.slice(0, ROWS_OF_ONE), ...kept.recommendations?.acts.slice(0, ROWS_OF_ONE) ?? []].map(({ book }) =>
        book
      ),
    );
    const titles = new Map(
      (await store.shelf.byIds([...ids])).map(({ id, title }) => [id, title]),
    );
    const counting = {
      counts: visitors.counts(context),
      byBrowser: visitors.asksForPrivacy(context),
    };
    return page(context, <KeptPage reader={reader} {...kept} titles={titles} rows={ROWS_OF_ONE} {...counting} />);
  });
  app.get(`${KEPT}.json`, async (context) => {
    const reader = visitors.readerOf(context);
    if (reader === undefined) throw new HttpProblem(404, "Nothing is kept about you.");
    const { list, recommendations: kept, isMissing } = await keptOf(reader, MOST_KEPT);
    // A file that lacks a list would look complete.
    if (isMissing) throw new HttpProblem(503, "What the recommendations know cannot be read at the moment.");
    const said = list.map(({ reader: _reader, uncounted, time, ...row }) => ({
      ...row,
      counts: uncounted !== true,
      time: new Date(time).toISOString(),
    }));
    const body = { reader, said, ...(kept === undefined ? {} : { recommendations: kept }) };
    return context.body(JSON.stringify(body, undefined, 2), 200, {
      "content-type": "application/json",
      "content-disposition": 'attachment; filename="bookstream-kept.json"',
      "cache-control": "private, no-store",
    });
  });
}

/** Adds the form by which readers opt out of being counted. */
function countingRoute(app: App, { visitors }: WebApiDeps): void {
  app.post("/my-books/counting", csrf(), takesForm(FORM), async (context) => {
    const { counts } = await context.req.parseBody();
    if (counts !== "yes" && counts !== "no") throw new HttpProblem(422, "The form says neither yes nor no.");
    visitors.setCounts(context, counts === "yes");
    return context.redirect(`${KEPT}#counting`, 303);
  });
}

function erasureRoute(app: App, deps: WebApiDeps): void {
  const { bus, ids, lastGood, visitors } = deps;
  app.post("/my-books/erasure", csrf(), takesForm(FORM), async (context) => {
    const { sure } = await context.req.parseBody();
    const reader = visitors.readerOf(context);
    if (sure !== "yes" || reader === undefined) return context.redirect(`${KEPT}#erase`, 303);
    const command = commandOf(context, ids, ACTIVITY.eraseReader, { reader });
    const [outcome] = await bus.dispatch(ACTIVITY_TOPICS.commands, [command]);
    if (outcome?.kind === "rejected") throw problemOf(outcome.rejection);
    await lastGood.forget(forYouName(reader));
    visitors.forgetReader(context);
    return context.redirect(KEPT, 303);
  });
}
