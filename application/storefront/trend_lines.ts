import type { BookTrend } from "@/application/trend/messages.ts";
import { followPanel } from "./follow_panel.ts";
import type { PanelDeps } from "./panel.ts";
import type { Trends } from "./ports.ts";

/** The trending books, for the pages of single books. */
interface TrendLines {
  /** The trend of a book, or undefined when it is not in the list. Answers at once from the last list. */
  of(book: string): BookTrend | undefined;
}

/** The most that the trend service returns. */
const MOST = 100;

/** Keeps the last list of trending books. */
export function followTrendLines({ trends, ...deps }: { trends: Trends } & PanelDeps): TrendLines {
  const known = followPanel(deps, {
    name: "trend-lines",
    ask: () => trends.books(undefined, MOST),
    read: (items) => new Map(items.map((item) => [item.book.id, item])),
  });
  return { of: (book) => known().get(book) };
}
