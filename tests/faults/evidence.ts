import { interactionOf, neighbourListOf } from "@/adapters/sql/recommendation/rows.ts";
import { deadLetterOf } from "@/adapters/sql/messaging/dead_letter_row.ts";
import { keyedBucketOf, keyedScoreOf, voteOf } from "@/adapters/sql/trend/rows.ts";
import { readerBookOf } from "@/adapters/sql/web/rows.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { DeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { RecommendationState } from "./check/recommendation.ts";
import type { TrendState } from "./check/trend.ts";
import type { WebState } from "./check/web.ts";
import type { Http } from "./http.ts";
import { type Projection, type Way, WAYS } from "./servers.ts";
import { liveOf, type Tables } from "./tables.ts";

export type Stored = { web: WebState; trend: TrendState; recommendation: RecommendationState; letters: DeadLetter[] };

/** Everything that the services have stored of what readers see, read from their tables, and what their API says. */
export async function storedBy(tables: Tables, trend: Http): Promise<Stored> {
  const all = (service: Way, table: string) => tables.rows(service, `SELECT * FROM ${table}`);
  const versions = { trend: await liveOf(tables, "trend"), recommendation: await liveOf(tables, "recommendation") };
  const live = (service: Projection, table: string) =>
    tables.rows(service, `SELECT * FROM ${table} WHERE version = ${versions[service]}`);
  const shown = (rows: Row[]) =>
    new Map(rows.map((row) => [
      String(row.id),
      `version ${Number(row.book_version)}${Number(row.removed) === 1 ? " removed" : ""}`,
    ]));
  const books = (await all("web", "book")).map((row): [string, string] => [
    String(row.id),
    `version ${row.version} ${row.title}`,
  ]);
  return {
    web: {
      books: new Map(books),
      readerBooks: (await all("web", "reader_book")).map(readerBookOf),
      outbox: (await all("web", "outbox")).length,
    },
    trend: {
      votes: (await live("trend", "vote")).map(voteOf),
      buckets: (await live("trend", "bucket")).map(keyedBucketOf),
      scores: (await live("trend", "score")).map(keyedScoreOf),
      shown: shown(await live("trend", "shown_book")),
      api: await listed(trend),
    },
    recommendation: {
      interactions: (await live("recommendation", "interaction")).map(interactionOf),
      known: shown(await live("recommendation", "known_book")),
      lists: (await live("recommendation", "neighbour_list")).map(neighbourListOf),
    },
    letters: (await Promise.all(
      WAYS.map((service) => service === "web" ? all(service, "letter") : live(service, "letter")),
    )).flat().filter((row) => String(row.status) === "parked").map(deadLetterOf),
  };
}

type Item = { book: { id: string }; count: number; readers: number; searches: number };

async function listed(trend: Http): Promise<Map<string, string>> {
  const answer = await trend("GET", "/v1/trends/books?window=24h&limit=100");
  const { items = [] } = (answer?.body ?? {}) as { items?: Item[] };
  return new Map(items.map(({ book, count, readers, searches }) => [
    book.id,
    `${count} acts of ${readers} readers, ${searches} searches`,
  ]));
}
