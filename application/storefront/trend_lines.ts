import { cacheFor } from "@/application/cache.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { BookTrend } from "@/application/trend/messages.ts";
import { loadPanel } from "./panel.ts";
import type { LastGood, Trends } from "./ports.ts";

/** The books that trend, for pages of single books. */
interface TrendLines {
  /** What the trends say of a book; undefined where it is not among the first. Answers at once, with what is known. */
  of(book: string): BookTrend | undefined;
}

/** As many as the trend service gives. */
const MOST = 100;
const REFRESH_MS = 10_000;

/** Asks the trend service again while it is in use, beside the answers: while it is away, the last lines stay. */
export function followTrendLines(
  { trends, ...deps }: { trends: Trends; lastGood: LastGood; clock: Clock; logger: Logger },
): TrendLines {
  let known = new Map<string, BookTrend>();
  const refresh = cacheFor(
    async () => {
      const { items } = await loadPanel(deps, "trend-lines", () => trends.books(undefined, MOST));
      known = new Map(items.map((item) => [item.book.id, item]));
    },
    REFRESH_MS,
    deps.clock,
  );
  return {
    of(book) {
      // The cache takes a rejection of it, as an outage of web's own store is.
      void refresh();
      return known.get(book);
    },
  };
}
