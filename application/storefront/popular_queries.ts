import { normalForm } from "@/domain/text.ts";
import { followPanel } from "./follow_panel.ts";
import type { PanelDeps } from "./panel.ts";
import type { Trends } from "./ports.ts";

/** Trending queries that complete a typed text. */
interface PopularQueries {
  /** Queries with a word that begins as typed, the most popular first. Answers at once from the last list. */
  completing(typed: string, most: number): string[];
}

const WINDOW = "7d";
/** The most that the trend service returns. */
const MAX_QUERIES = 100;

/** Keeps the last list of trending queries. */
export function followPopularQueries({ trends, ...deps }: { trends: Trends } & PanelDeps): PopularQueries {
  const known = followPanel(deps, {
    name: "suggested-queries",
    ask: () => trends.queries(WINDOW, MAX_QUERIES),
    read: (items) => items.map(({ query }) => ({ query, normal: normalForm(query) })),
  });
  return {
    completing(typed, most) {
      const start = normalForm(typed);
      const found: string[] = [];
      for (const { query, normal } of known()) {
        if (found.length >= most) break;
        if (normal !== start && (normal.startsWith(start) || normal.includes(` ${start}`))) found.push(query);
      }
      return found;
    },
  };
}
