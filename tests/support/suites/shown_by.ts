import { MAX_AHEAD_MS } from "@/domain/time_ahead.ts";
import { ask, type OpenSuite, servicesOf } from "./embedded_suite.ts";
import { BOOKS, START } from "./fill_embedded.ts";
import { AS_ADMIN } from "./memory_suite.ts";
import { text } from "@/tests/support/samples.ts";

/** The answers and dead letters of a filled suite, without what differs by the time of asking. */
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
  // A message that a move has sent again after a kill, and that nobody can handle, is parked again.
  const messages = letters.flat().map(({ consumer, reason, message }) => `${consumer} ${reason} ${text(message.key)}`);
  shown.letters = [...new Set(messages)].sort();
  await Promise.all([web.stop(), trend.stop(), recommendation.stop()]);
  return shown;
}

const ownPaths = (): string[] => Array.from({ length: 9 }, (_, at) => `/v1/readers/reader${at}`);
