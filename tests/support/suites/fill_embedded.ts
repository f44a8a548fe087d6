import { encode } from "@/application/messaging/wire/codec.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { drained } from "./drained.ts";
import { type App, ask, openSuite, servicesOf } from "./embedded_suite.ts";
import { sending, TOKEN } from "./memory_suite.ts";
import { message } from "@/tests/support/samples.ts";

/** Ids of the books of a filled suite. */
export const BOOKS = Array.from({ length: 14 }, (_, at) => `book${at}`);
const ISBNS = ["9780441013593", "9780261103573", "9780439023481"];

/** An act some minutes ago. */
const act = (type: string, reader: string | undefined, at: number, more: Record<string, unknown> = {}) => ({
  type,
  reader,
  time: new Date(START - at * 60_000).toISOString(),
  ...(type === "searched" ? {} : { book: BOOKS[at % BOOKS.length] }),
  ...more,
});
/** The latest time of its acts. */
export const START = Date.now();

const acts = (readers: string[], from: number) =>
  readers.flatMap((reader, at) => [
    act("viewed", reader, from + at),
    act("shelved", reader, from + at + 1, { shelf: "read" }),
    act("rated", reader, from + at + 2, { rating: 5 }),
    act("dismissed", reader, from + at + 7),
    act("searched", reader, from + at, { query: `title book${at % 3}` }),
    act("viewed", undefined, from + at + 3),
  ]);

/** A message of an unknown major version, which is parked. */
const tooNew = (id: string): Outgoing => ({
  topic: TOPICS.activityEvents,
  ...encode({ id, source: "/test", type: "bookstream.activity.book-viewed.v9", data: {} }, id),
});

/** A view without a time, which counts on arrival. */
const timeless = (id: string): Outgoing => ({
  topic: TOPICS.activityEvents,
  ...encode(
    { id, source: "/test", type: "bookstream.activity.book-viewed.v1", data: { reader: id, book: "book1" } },
    id,
  ),
});

/**
 * Fills a folder as an embedded suite does that is stopped in the middle of its work: books, acts, erased readers, dead letters;
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
