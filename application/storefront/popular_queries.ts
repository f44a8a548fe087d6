import { normalForm } from "@/domain/text.ts";
import { cacheFor } from "@/application/cache.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import { loadPanel } from "./panel.ts";
import type { LastGood, Trends } from "./ports.ts";

/** Queries that trend, as they complete a typed text. */
interface PopularQueries {
  /** Those in which a word begins as typed, the most popular first. Answers at once, with what is known. */
  completing(typed: string, most: number): string[];
}

const WINDOW = "7d";
/** As many as the trend service gives. */
const MAX_QUERIES = 100;
const REFRESH_MS = 10_000;

/** Asks the trend service again while it is in use, beside the answers: while it is away, the last list stays. */
export function followPopularQueries(
  { trends, ...deps }: { trends: Trends; lastGood: LastGood; clock: Clock; logger: Logger },
): PopularQueries {
  let known: { query: string; normal: string }[] = [];
  const refresh = cacheFor(
    async () => {
      const { items } = await loadPanel(deps, "suggested-queries", () => trends.queries(WINDOW, MAX_QUERIES));
      known = items.map(({ query }) => ({ query, normal: normalForm(query) }));
    },
    REFRESH_MS,
    deps.clock,
  );
  return {
    completing(typed, most) {
      // The cache takes a rejection of it, as an outage of web's own store is.
      void refresh();
      const start = normalForm(typed);
      const found: string[] = [];
      for (const { query, normal } of known) {
        if (found.length >= most) break;
        if (normal !== start && (normal.startsWith(start) || normal.includes(` ${start}`))) found.push(query);
      }
      return found;
    },
  };
}
