import type { BookTrend } from "@/application/trend/messages.ts";
import { followPanel } from "./follow_panel.ts";
import type { PanelDeps } from "./panel.ts";
import type { Trends } from "./ports.ts";

/** The books that trend, for pages of single books. */
interface TrendLines {
  /** What the trends say of a book; undefined where it is not among the first. Answers at once, with what is known. */
  of(book: string): BookTrend | undefined;
}

/** As many as the trend service gives. */
const MOST = 100;

/** The lines as the trend service gave them last. */
export function followTrendLines({ trends, ...deps }: { trends: Trends } & PanelDeps): TrendLines {
  const known = followPanel(deps, {
    name: "trend-lines",
    ask: () => trends.books(undefined, MOST),
    read: (items) => new Map(items.map((item) => [item.book.id, item])),
  });
  return { of: (book) => known().get(book) };
}
