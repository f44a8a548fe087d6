import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { Book } from "@/domain/catalog/book.ts";
import { invalid } from "@/domain/rejection.ts";
import { bookData, bookDetails, CATALOG, CATALOG_TOPICS, newBook } from "@/application/catalog/messages.ts";
import { withEditions } from "@/application/catalog/books/editions.ts";
import type { Outcome } from "@/application/messaging/commands/bus.ts";
import type { App, AppContext } from "@/adapters/http/base/app.ts";
import {
  bookId,
  errors,
  idempotencyKey,
  json,
  replayedHeader,
  token,
} from "@/adapters/http/base/describe/contracts.ts";
import { withHeaders } from "@/adapters/http/base/headers.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { validParams } from "@/adapters/http/base/refuse_invalid.ts";
import { problemOf } from "@/adapters/http/base/problems/rejections.ts";
import { adminOnly } from "@/adapters/http/base/security/auth.ts";
import { takesJson } from "@/adapters/http/base/content/body.ts";
import { answerCommand } from "@/adapters/http/api/answer_command.ts";
import { linkNext } from "@/adapters/http/api/cursor.ts";
import { keepAnswers } from "./book_answers.ts";
import { etagOf, wantedVersions } from "./etag.ts";
import { booksQuery, findPage, foundBooks, wordsOfSearch } from "./books_query.ts";
import { commandOf, type WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { recordSearch } from "@/adapters/http/api/activity/record.ts";

const etagHeader = { ETag: { schema: { type: "string" as const }, description: "The book's version" } };
const bookAnswer = (description: string) => ({ ...json(bookData, description), headers: etagHeader });
const changedAnswer = (description: string) => ({
  ...json(bookData, description),
  headers: { ...etagHeader, ...replayedHeader },
});
const body = (schema: z.ZodType) => ({ required: true, content: { "application/json": { schema } } });
const MAX_IDS = 100;
/** The largest body of a book: all fields have their maximum length, and all characters are escaped. */
const BOOK = { mostBytes: 256 * 1024 };

/** Adds the routes of the catalogue. */
export function bookRoutes(app: App, deps: WebApiDeps): void {
  listRoute(app, deps);
  addRoute(app, deps);
  getRoute(app, deps);
  changeRoute(app, deps);
  removeRoute(app, deps);
}

function listRoute(app: App, deps: WebApiDeps): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/books",
      summary: "Finds books by words and filters, or lists the catalogue; a search counts in the trends",
      request: { query: booksQuery },
      responses: { 200: json(foundBooks, "Books"), ...errors(400, 422) },
    }),
    async (context) => {
      const query = context.req.valid("query");
      const { shelf } = deps.store;
      if (query.ids !== undefined) {
        const ids = query.ids.split(",").filter((id) => id !== "");
        if (ids.length > MAX_IDS) throw new HttpProblem(422, `ids: wanted at most ${MAX_IDS}, found ${ids.length}`);
        return context.json({ items: await withEditions(shelf, await shelf.byIds(ids)), next_cursor: null }, 200);
      }
      const { books, next, answer, total, facets } = await findPage(deps, query);
      if (answer !== undefined) {
        // A later page belongs to the search that is already recorded.
        if (query.cursor === undefined) {
          await recordSearch(deps, context, deps.visitors.readerOf(context), query.q!, answer.ranked);
        }
        context.header("cache-control", "private, no-store");
      }
      linkNext(context, next);
      const said = answer === undefined ? {} : wordsOfSearch(answer);
      const scores = query.why === undefined ? new Map() : new Map(answer?.ranked.map(({ id, why }) => [id, why]));
      const items = books.map((book) => scores.has(book.id) ? { ...book, why: scores.get(book.id) } : book);
      return context.json(
        { items, next_cursor: next, total, ...(facets === undefined ? {} : { facets }), ...said },
        200,
      );
    },
  );
}

function addRoute(app: App, deps: WebApiDeps): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/books",
      summary: "Adds a book",
      security: token,
      middleware: [adminOnly(deps.adminToken), takesJson(BOOK)] as const,
      request: { headers: idempotencyKey, body: body(newBook) },
      responses: { 201: changedAnswer("The book, readable at once"), ...errors(400, 401, 403, 409, 413, 415, 422) },
    }),
    async (context) => {
      const command = commandOf(context, deps.ids, CATALOG.addBook, context.req.valid("json"));
      return await answerCommand(deps, context, CATALOG_TOPICS.commands, [command], ([outcome]) => {
        const added = bookOf(outcome);
        context.header("Location", `/v1/books/${encodeURIComponent(added.id)}`);
        context.header("ETag", etagOf(added));
        return context.json(added, 201);
      });
    },
  );
}

function getRoute(app: App, { store }: WebApiDeps): void {
  const route = createRoute({
    method: "get",
    path: "/v1/books/{id}",
    summary: "A book",
    request: { params: bookId },
    responses: {
      200: bookAnswer("The book"),
      304: { description: "The version in If-None-Match is the current one" },
      ...errors(404, 422),
    },
  });
  // The validator of app.openapi() awaits zod, which costs 3 µs more.
  app.openAPIRegistry.registerPath(route);
  const answerFor = keepAnswers(store.shelf);
  app.get(route.getRoutingPath(), async (context) => {
    const { id } = validParams(context, bookId);
    const found = await answerFor(id);
    if (found === undefined) {
      throw new HttpProblem(404, `there is no book with the id ${id}`, { code: "book-not-found" });
    }
    const etag = etagOf(found);
    const headers = { etag, "cache-control": "no-cache" };
    const known = context.req.header("if-none-match")?.split(",").map((one) => one.trim().replace(/^W\//, ""));
    if (known?.includes(etag) === true || known?.includes("*") === true) return context.body(null, 304, headers);
    return withHeaders(context.body(found.body, 200), { "content-type": "application/json", ...headers });
  });
}

function changeRoute(app: App, deps: WebApiDeps): void {
  app.openapi(
    createRoute({
      method: "put",
      path: "/v1/books/{id}",
      summary: "Replaces a book's details; wants the version in If-Match",
      security: token,
      middleware: [adminOnly(deps.adminToken), takesJson(BOOK)] as const,
      request: { params: bookId, headers: idempotencyKey, body: body(bookDetails) },
      responses: {
        200: changedAnswer("The changed book"),
        ...errors(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
      },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      const version = await versionToChange(context, deps, id);
      const details = context.req.valid("json") as object;
      await refuseOtherId(context, id);
      const command = commandOf(context, deps.ids, CATALOG.changeBook, { ...details, id, ...version });
      return await answerCommand(deps, context, CATALOG_TOPICS.commands, [command], ([outcome]) => {
        const changed = bookOf(outcome);
        context.header("ETag", etagOf(changed));
        return context.json(changed, 200);
      });
    },
  );
}

/** Returns the version in If-Match that a change is made from: of several the present one, where it is among them. */
async function versionToChange(context: AppContext, { store }: WebApiDeps, id: string): Promise<{ version?: number }> {
  const versions = wantedVersions(context);
  if (versions === undefined) return {};
  const [present] = versions.length === 1 ? [] : await store.shelf.byIds([id]);
  return { version: versions.find((one) => one === present?.version) ?? versions[0]! };
}

/** A body may repeat the id of its address, as the answer of GET does. */
async function refuseOtherId(context: AppContext, id: string): Promise<void> {
  const { id: said } = await context.req.json() as { id?: unknown };
  if (said === undefined || said === id) return;
  throw problemOf(
    invalid([{ path: ["id"], message: `wanted ${id}, as in the address, found ${JSON.stringify(said)}` }]),
  );
}

function removeRoute(app: App, deps: WebApiDeps): void {
  app.openapi(
    createRoute({
      method: "delete",
      path: "/v1/books/{id}",
      summary: "Removes a book; wants the version in If-Match",
      security: token,
      middleware: adminOnly(deps.adminToken),
      request: { params: bookId, headers: idempotencyKey },
      responses: {
        204: { description: "Removed", headers: replayedHeader },
        ...errors(400, 401, 403, 404, 409, 412, 422, 428),
      },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      const version = await versionToChange(context, deps, id);
      const command = commandOf(context, deps.ids, CATALOG.removeBook, { id, ...version });
      return await answerCommand(deps, context, CATALOG_TOPICS.commands, [command], ([outcome]) => {
        bookOf(outcome);
        return context.body(null, 204);
      });
    },
  );
}

/** Returns the data of a command's event. Answers a rejection with its problem. */
function bookOf(outcome: Outcome | undefined): Book {
  if (outcome?.kind === "rejected") throw problemOf(outcome.rejection);
  if (outcome?.kind !== "done") throw new Error("the command has no handler");
  return outcome.events[0]!.data as Book;
}
