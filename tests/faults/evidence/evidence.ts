import { interactionOf, neighbourListOf } from "@/adapters/sql/recommendation/rows.ts";
import { deadLetterOf } from "@/adapters/sql/messaging/dead_letter_row.ts";
import { keyedBucketOf, keyedScoreOf, voteOf } from "@/adapters/sql/trend/rows.ts";
import { readerBookOf } from "@/adapters/sql/web/rows.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { eventsOf } from "@/tests/oracle/events.ts";
import type { Evidence } from "@/tests/oracle/evidence.ts";
import { textOf } from "@/tests/oracle/messages.ts";
import { bookText, shownText } from "@/tests/oracle/model/books.ts";
import { tallyText } from "@/tests/oracle/promises/trends.ts";
import type { Http } from "@/tests/faults/clients/http.ts";
import { type Projection, type Way, WAYS } from "@/tests/faults/world/servers.ts";
import { liveOf, type Tables } from "@/tests/faults/world/tables.ts";
import type { World } from "@/tests/faults/world/world.ts";

/** What the oracle asks about, once all is quiet: what clients were told, what is in the topics, and what is stored and shown. */
export async function evidenceOf(world: World): Promise<Evidence> {
  const { calls, topics, tables, foreign, planted, watch, audit, trend, sightings, workload } = world;
  const messages = await topics.dump();
  const keyOf = ({ topic, key }: Outgoing) => `${topic} ${textOf(key)}`;
  const unusable = new Set(planted.map(({ message }) => keyOf(message)));
  const events = eventsOf(messages.filter((message) => !unusable.has(keyOf(message))));
  const live = { trend: await liveOf(tables, "trend"), recommendation: await liveOf(tables, "recommendation") };
  const seen = sightings?.();
  return {
    calls: calls.all(),
    looks: workload.looks(),
    messages,
    events,
    foreign,
    had: { trend: events, recommendation: events },
    ...await storedBy(tables, trend, live),
    unusable: planted.flatMap(({ message, consumers }) => consumers.map((consumer) => ({ consumer, message }))),
    positions: [...watch.notes(), ...await audit?.notes() ?? []],
    ...seen === undefined ? {} : { sightings: seen },
    live: { web: 1, ...live },
  };
}

/** Everything that the services have stored of what readers see, read from their tables, and what their API says. */
async function storedBy(
  tables: Tables,
  trend: Http,
  versions: Record<Projection, number>,
): Promise<Pick<Evidence, "state" | "deadLetters">> {
  const all = (service: Way, table: string) => tables.rows(service, `SELECT * FROM ${table}`);
  const live = (service: Projection, table: string) =>
    tables.rows(service, `SELECT * FROM ${table} WHERE version = ${versions[service]}`);
  const shown = (rows: Row[]) => new Map(rows.map((row): [string, string] => [String(row.id), shownText(bookOf(row))]));
  const deadLetters = await Promise.all(
    WAYS.map((service) => service === "web" ? all(service, "letter") : live(service, "letter")),
  );
  return {
    state: {
      web: {
        books: new Map((await all("web", "book")).map((row) => [String(row.id), bookText(bookOf(row))])),
        readerBooks: (await all("web", "reader_book")).map(readerBookOf),
        outbox: (await all("web", "outbox")).length,
      },
      trend: {
        votes: (await live("trend", "vote")).map(voteOf),
        buckets: (await live("trend", "bucket")).map(keyedBucketOf),
        scores: (await live("trend", "score")).map(keyedScoreOf),
        shown: shown(await live("trend", "shown_book")),
        listed: { book: await listed(trend) },
      },
      recommendation: {
        interactions: (await live("recommendation", "interaction")).map(interactionOf),
        known: shown(await live("recommendation", "known_book")),
        lists: (await live("recommendation", "neighbour_list")).map(neighbourListOf),
      },
    },
    deadLetters: deadLetters.flat().filter((row) => String(row.status) === "parked").map(deadLetterOf),
  };
}

/** A book's row: in the catalogue `version` is its own, in a projection the projection's. */
const bookOf = (row: Row) => ({
  version: Number(row.book_version ?? row.version),
  removed: Number(row.removed ?? 0) === 1,
  title: String(row.title),
});

type Item = { book: { id: string }; count: number; readers: number; searches: number };

/** What all pages of the list say: one has 100 items at most, and a long run makes more books. */
async function listed(trend: Http): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let cursor: string | null | undefined = ""; typeof cursor === "string";) {
    const from = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await trend("GET", `/v1/trends/books?window=24h&limit=100${from}`);
    const page = (answer?.body ?? {}) as { items?: Item[]; next_cursor?: string | null };
    for (const { book, ...counts } of page.items ?? []) found.set(book.id, tallyText(counts));
    cursor = page.next_cursor;
  }
  return found;
}
