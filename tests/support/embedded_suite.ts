import { DatabaseSync } from "node:sqlite";
import { createMemoryLastGood } from "@/adapters/memory/last_good.ts";
import { createMemoryRecommendations, createMemoryTrends } from "@/adapters/memory/storefront.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { EventLog, Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { MAX_AHEAD_MS } from "@/domain/time_ahead.ts";
import { filesIn } from "@/services/embedded.ts";
import { openAdapters } from "@/services/open_adapters.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { readSettings } from "@/services/settings.ts";
import { startTrend } from "@/services/trend/app.ts";
import { startWeb } from "@/services/web/app.ts";
import { eventually } from "./eventually.ts";
import { AS_ADMIN, sending, TOKEN } from "./memory_suite.ts";
import { message, silent as logger, text } from "./samples.ts";

type OpenSuite = {
  stores: { web: WebStore; trend: TrendStore; recommendation: RecommendationStore };
  log: EventLog & LogHistory & { close(): Promise<void> };
  close(): Promise<void>;
};

/** The stores and the log that the settings ask for. */
export async function openSuite(env: Record<string, string>): Promise<OpenSuite> {
  const parts = openAdapters(readSettings(env, []), logger);
  const stores = { web: await parts.web(), trend: await parts.trend(), recommendation: await parts.recommendation() };
  const log = await parts.log();
  return {
    stores,
    log,
    async close() {
      await log.close();
      for (const store of Object.values(stores)) await store.close();
    },
  };
}

/** The services of an open suite, each as it is asked for, with requests that need no socket. */
export const servicesOf = ({ stores, log }: OpenSuite) => {
  const rest = { log, clock, ids, logger };
  return {
    web: (role: "all" | "api") =>
      startWeb({
        store: stores.web,
        trends: createMemoryTrends({}),
        recommendations: createMemoryRecommendations({ readers: new Map(), books: new Map() }),
        lastGood: createMemoryLastGood(),
        adminToken: TOKEN,
        role,
        ...rest,
      }),
    trend: (role: "all" | "api" = "all") => startTrend({ store: stores.trend, leastReaders: 1, role, ...rest }),
    recommendation: (role: "all" | "api" = "all") =>
      startRecommendation({ store: stores.recommendation, adminToken: TOKEN, role, ...rest }),
  };
};

type App = { fetch(request: Request): Response | Promise<Response> };
/** Asks a service; fails when the answer is no success. */
async function ask(app: App, path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await app.fetch(new Request(`http://suite.test${path}`, init));
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Waits until services of an embedded suite have done all their work; `web`: also the outbox is empty. */
export async function drained(folder: string, consumers: ("web" | "trend" | "recommendation")[]): Promise<void> {
  const files = filesIn(folder);
  const rows = (file: string, sql: string): Record<string, unknown>[] => {
    const connection = new DatabaseSync(file, { timeout: 5_000 });
    try {
      return connection.prepare(sql).all();
    } finally {
      connection.close();
    }
  };
  const isEmpty = (file: string, table: string) => rows(file, `SELECT 1 FROM ${table} LIMIT 1`).length === 0;
  const readAll = (name: "web" | "trend" | "recommendation") => {
    const stored = rows(files[name], "SELECT topic, partition, next FROM consumer_position");
    const positions = new Map(stored.map((row) => [`${row.topic}/${row.partition}`, Number(row.next)]));
    const heads = rows(files.log, "SELECT topic, partition, next FROM head");
    return heads.filter(({ topic }) => String(topic).endsWith(name === "web" ? ".commands" : ".events"))
      .every(({ topic, partition, next }) => positions.get(`${topic}/${partition}`) === next);
  };
  // In the order in which one makes work for the next: commands, outbox and popularity, projections, engine.
  await eventually(() =>
    (!consumers.includes("web") || readAll("web") && isEmpty(files.web, "outbox") && isEmpty(files.web, "book_act")) &&
    consumers.every(readAll) &&
    (!consumers.includes("recommendation") || isEmpty(files.recommendation, "change_mark"))
  );
}

const BOOKS = Array.from({ length: 14 }, (_, at) => `book${at}`);
const ISBNS = ["9780441013593", "9780261103573", "9780439023481"];

/** An act, so many minutes ago. */
const act = (type: string, reader: string | undefined, at: number, more: Record<string, unknown> = {}) => ({
  type,
  reader,
  time: new Date(START - at * 60_000).toISOString(),
  ...(type === "searched" ? {} : { book: BOOKS[at % BOOKS.length] }),
  ...more,
});
const START = Date.now();

const acts = (readers: string[], from: number) =>
  readers.flatMap((reader, at) => [
    act("viewed", reader, from + at),
    act("shelved", reader, from + at + 1, { shelf: "read" }),
    act("rated", reader, from + at + 2, { rating: 5 }),
    act("dismissed", reader, from + at + 7),
    act("searched", reader, from + at, { query: `title book${at % 3}` }),
    act("viewed", undefined, from + at + 3),
  ]);

/** A message of a version that nobody here knows: it is parked. */
const tooNew = (id: string): Outgoing => ({
  topic: TOPICS.activityEvents,
  ...encode({ id, source: "/test", type: "bookstream.activity.book-viewed.v9", data: {} }, id),
});

/** A view without a time, which counts at its arrival. */
const timeless = (id: string): Outgoing => ({
  topic: TOPICS.activityEvents,
  ...encode(
    { id, source: "/test", type: "bookstream.activity.book-viewed.v1", data: { reader: id, book: "book1" } },
    id,
  ),
});

/**
 * Fills a folder as an embedded suite does that is stopped in the middle of its work: books, acts, erased readers, letters;
 * messages that both projections have read, that only trend has read, and that nobody has read; and an outbox that was not
 * relayed.
 */
export async function fillEmbedded(folder: string): Promise<void> {
  const suite = await openSuite({ DATA_DIR: folder });
  const services = servicesOf(suite);
  const post = (app: App, body: unknown) => ask(app, "/v1/events", sending("POST", body));
  const readers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `reader${from + at}`);
  try {
    let web = await services.web("all");
    const trend = await services.trend();
    const recommendation = await services.recommendation();
    for (const [at, id] of BOOKS.entries()) {
      const book = { id, title: `Title ${id} ☃ 𝄞`, authors: [`A${at % 4}`], subjects: [`s${at % 3}`], popularity: at };
      await ask(web, "/v1/books", sending("POST", at < ISBNS.length ? { ...book, isbn13: ISBNS[at] } : book));
    }
    await post(web, acts([...readers(0, 6), "gone", "late"], 0));
    await ask(web, "/v1/readers/gone", { method: "DELETE", headers: { authorization: `Bearer ${TOKEN}` } });
    await suite.log.append([tooNew("new-to-both"), timeless("timeless1")]);
    await drained(folder, ["web", "trend", "recommendation"]);
    await recommendation.stop();

    await post(web, acts(readers(4, 9), 30));
    await ask(web, "/v1/readers/late", { method: "DELETE", headers: { authorization: `Bearer ${TOKEN}` } });
    await ask(web, "/v1/books/book13", {
      method: "DELETE",
      headers: { authorization: `Bearer ${TOKEN}`, "if-match": '"1"' },
    });
    await suite.log.append([tooNew("new-to-trend"), timeless("timeless2")]);
    await drained(folder, ["web", "trend"]);
    await trend.stop();

    await post(web, acts(readers(7, 12), 60));
    await drained(folder, ["web"]);
    await web.stop();

    web = await services.web("api");
    await post(web, acts(readers(0, 3), 100));
    await ask(web, "/v1/books", sending("POST", { id: "unsent", title: "Unsent" }, { "idempotency-key": "k" }));
    const commanded = { id: "commanded", title: "Commanded" };
    await suite.log.append([
      {
        topic: TOPICS.catalogCommands,
        ...encode({ id: "c1", source: "/test", type: "bookstream.catalog.add-book.v1", data: commanded }, "commanded"),
      },
      {
        topic: TOPICS.activityCommands,
        ...encode(
          {
            id: "c2",
            source: "/test",
            type: "bookstream.activity.record-act.v1",
            data: act("rated", "reader1", 9, { rating: 1 }),
          },
          "reader1",
        ),
      },
      message(TOPICS.activityEvents, "reader1", "no event at all"),
    ]);
    await web.stop();
  } finally {
    await suite.close();
  }
}

/** What a suite shows and has, but for what differs by the time of asking. */
export async function shownBy(suite: OpenSuite): Promise<Record<string, unknown>> {
  const services = servicesOf(suite);
  const [web, trend, recommendation] = [
    await services.web("api"),
    await services.trend("api"),
    await services.recommendation("api"),
  ];
  const at = encodeURIComponent(new Date(START + MAX_AHEAD_MS).toISOString());
  const shown: Record<string, unknown> = {};
  for (
    const path of ["/v1/books?q=title", "/v1/books?q=commanded", "/v1/books?sort=popularity&limit=100", ...ownPaths()]
  ) {
    shown[path] = await ask(web, path, AS_ADMIN);
  }
  for (const subject of ["books", "queries"]) {
    for (const window of ["24h", "90d"]) {
      const path = `/v1/trends/${subject}?window=${window}&limit=100&at=${at}`;
      shown[path] = await ask(trend, path);
    }
  }
  const paths = [
    ...Array.from({ length: 12 }, (_, reader) => `/v1/readers/reader${reader}/recommendations?limit=10`),
    ...BOOKS.slice(0, 5).map((book) => `/v1/books/${book}/similar?limit=10`),
  ];
  for (const path of paths) shown[path] = await ask(recommendation, path, AS_ADMIN);
  const letters = await Promise.all(Object.values(suite.stores).map((store) => store.deadLetters.list({}, 0, 100)));
  // A message that a move has sent again after a kill, and that nobody can handle, is set aside again.
  const messages = letters.flat().map(({ consumer, reason, message }) => `${consumer} ${reason} ${text(message.key)}`);
  shown.letters = [...new Set(messages)].sort();
  await Promise.all([web.stop(), trend.stop(), recommendation.stop()]);
  return shown;
}

const ownPaths = (): string[] => Array.from({ length: 9 }, (_, at) => `/v1/readers/reader${at}`);
