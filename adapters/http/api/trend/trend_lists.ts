import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { IsBlocked } from "@/domain/trend/block_list.ts";
import { ORDERS } from "@/domain/trend/rank_trends.ts";
import { characters } from "@/application/shared/validation/characters.ts";
import { sharePending } from "@/application/shared/concurrency/cache.ts";
import { defined } from "@/application/defined.ts";
import { isPast, type LeastReaders, listBookTrends, listQueryTrends } from "@/application/trend/lists/list_trends.ts";
import {
  type BookTrend,
  bookTrendSchema,
  type QueryTrend,
  queryTrendSchema,
  type SubjectTrend,
  subjectTrendSchema,
  windowSchema,
} from "@/application/trend/messages.ts";
import { listSubjectTrends } from "@/application/trend/lists/list_subjects.ts";
import type { OfferedWindows } from "@/application/trend/lists/offered_windows.ts";
import type { TrendVersion } from "@/application/trend/ports.ts";
import type { Clock } from "@/application/ports.ts";
import type { App, AppContext } from "@/adapters/http/base/app.ts";
import { errors, json, limit, page } from "@/adapters/http/base/describe/contracts.ts";
import { charge } from "@/adapters/http/base/limits/limit_rates.ts";
import { fingerprint, linkNext } from "@/adapters/http/api/cursor.ts";
import { fromTrendCursor, momentOf, toTrendCursor } from "./trend_cursor.ts";

export type TrendListDeps = {
  /** Opens the live version. A request calls it once, so that its response never mixes two versions. */
  openLive: () => Promise<Pick<TrendVersion, "view" | "floor">>;
  windows: () => Promise<OfferedWindows>;
  clock: Clock;
  leastReaders: LeastReaders;
  isBlocked: IsBlocked;
};

/** The query parameters that choose a list. */
export const listQuery = z.object({
  window: windowSchema.optional().meta({
    examples: ["24h"],
    description:
      "A half-life of 1h to 730d: in 24h a vote loses half its weight in 24 hours. The shop's own where missing",
  }),
  order: z.enum(ORDERS).default("top").meta({
    description: "top: the most weight left; rising: the most acts beyond what is usual in the past of the window",
  }),
});
const pageQuery = listQuery.extend({
  at: z.iso.datetime({ offset: true }).optional().meta({
    description: "As of this time of the last 90 days; now where missing",
  }),
  limit,
  cursor: z.string().optional().meta({ description: "`next_cursor` of the page before" }),
});
const bookQuery = pageQuery.extend({
  subject: characters(1, 200).optional().meta({ description: "Only books that have this subject" }),
});

const answerFields = {
  least_readers: z.int().meta({ description: "Distinct readers, by as many clients, that a trend needs" }),
  window: windowSchema.meta({ description: "The window of the list" }),
  windows: z.array(windowSchema).meta({ description: "Windows that fit what is done in this shop, shortest first" }),
  at: z.iso.datetime().meta({ description: "The moment of the list" }),
};
const trends = <Item extends z.ZodType>(item: Item) => page(item).extend(answerFields);

/** Adds the routes of lists. */
export function trendListRoutes(app: App, deps: TrendListDeps): void {
  const books = createAnswers<BookTrend>(deps);
  const queries = createAnswers<QueryTrend>(deps);
  const subjects = createAnswers<SubjectTrend>(deps);
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/trends/books",
      summary: "What is read most right now",
      request: { query: bookQuery },
      responses: { 200: json(trends(bookTrendSchema), "Books, best first"), ...errors(400, 422) },
    }),
    async (context) => {
      const query = context.req.valid("query");
      const { subject } = query;
      const asked = { name: "books", ...query };
      const answer = await books(
        context,
        asked,
        (view, criteria) => listBookTrends(view, { ...criteria, ...defined({ subject }) }),
      );
      return context.json(answer, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/trends/queries",
      summary: "What is searched most right now",
      request: { query: pageQuery },
      responses: { 200: json(trends(queryTrendSchema), "Queries, best first"), ...errors(400, 422) },
    }),
    async (context) => {
      const { isBlocked } = deps;
      const asked = { name: "queries", ...context.req.valid("query") };
      const answer = await queries(
        context,
        asked,
        (view, criteria) => listQueryTrends(view, { ...criteria, isBlocked }),
      );
      return context.json(answer, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/trends/subjects",
      summary: "The subjects of what is read most right now",
      request: { query: pageQuery },
      responses: { 200: json(trends(subjectTrendSchema), "Subjects, best first"), ...errors(400, 422) },
    }),
    async (context) => {
      const asked = { name: "subjects", ...context.req.valid("query") };
      return context.json(await subjects(context, asked, listSubjectTrends), 200);
    },
  );
}

/** Creates a function that answers requests for lists of one kind. Concurrent requests for the same list share one computation. */
function createAnswers<Item>(deps: TrendListDeps) {
  const share = sharePending<Page<Item>>();
  return async (context: AppContext, asked: Asked, list: List<Item>): Promise<Page<Item>> => {
    const beginning = begin(deps, context, asked);
    const page = await share(JSON.stringify(asked), () => pageOf(deps, beginning, list));
    linkNext(context, page.next_cursor);
    return page;
  };
}

type Asked = z.output<typeof pageQuery> & { name: string; subject?: string | undefined };
type View = Pick<TrendVersion, "view" | "floor">;
type Criteria = Parameters<typeof listBookTrends>[1];
type List<Item> = (view: View, criteria: Criteria) => Promise<Item[]>;
type Page<Item> = Awaited<ReturnType<typeof pageOf<Item>>>;

/** The extra tokens for a list of an earlier time, and for one of a subject. The store may read all its scores for either. */
const MORE_WORK = 20;

/** Returns where a page begins. Charges extra tokens for expensive lists. */
function begin({ clock }: TrendListDeps, context: AppContext, asked: Asked) {
  const { name, window, order, at: moment, subject, limit, cursor } = asked;
  const now = clock.now();
  const query = fingerprint({ name, wanted: window, order, moment, subject });
  const position = cursor === undefined
    ? { window, at: moment === undefined ? now : momentOf(moment, now), skip: 0 }
    : fromTrendCursor(query, cursor, now);
  charge(context, (isPast(position.at, now) ? MORE_WORK : 0) + (subject === undefined ? 0 : MORE_WORK));
  return { ...position, order, limit, now, query };
}

/** Returns a page of a list with its parameters, and the cursor of the next page if there is one. */
async function pageOf<Item>(
  { openLive, windows: offered, leastReaders: least }: TrendListDeps,
  { window: wanted, order, at, skip, limit, now, query }: ReturnType<typeof begin>,
  list: List<Item>,
) {
  const [{ window: standard, windows }, leastReaders, live] = await Promise.all([
    offered(),
    valueOf(least),
    openLive(),
  ]);
  const window = wanted ?? standard;
  const found = await list(live, { window, order, at, now, skip, limit: limit + 1, leastReaders });
  const next = found.length > limit ? toTrendCursor(query, { window, at, skip: skip + limit }) : null;
  return {
    items: found.slice(0, limit),
    next_cursor: next,
    least_readers: leastReaders,
    window,
    windows,
    at: new Date(at).toISOString(),
  };
}

export const valueOf = (least: LeastReaders): number | Promise<number> => typeof least === "number" ? least : least();
