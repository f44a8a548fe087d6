import { type Window, WINDOWS } from "@/domain/trend/window.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";
import { Layout } from "./layout.tsx";
import { BookTrends, QueryTrends } from "./panels.tsx";
import { ActForm, type Said } from "./say.tsx";

const WINDOW_NAMES: Record<Window, string> = {
  "1h": "1 hour",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
};
type Trends = {
  window: Window;
  books: Panel<BookTrend>;
  queries: Panel<QueryTrend>;
  leastReaders: number | undefined;
  said: Said;
};

/** Trends in a window. */
export const TrendsPage = ({ window, books, queries, leastReaders, said }: Trends) => (
  <Layout title="Trends – Bookstream" path="/trends">
    <h1>Trends</h1>
    <nav class="tabs" aria-label="Half-life">
      {WINDOWS.map((one) => (
        <a href={`/trends?window=${one}`} aria-current={one === window ? "page" : undefined}>{WINDOW_NAMES[one]}</a>
      ))}
    </nav>
    <p class="note">
      A vote loses half its weight in{" "}
      {WINDOW_NAMES[window]}.{leastReaders === undefined ? null : ` ${floorText(leastReaders)}`}
    </p>
    <ActForm back={`/trends?window=${window}`}>
      <div class="columns">
        <BookTrends panel={books} said={said} />
        <QueryTrends panel={queries} />
      </div>
    </ActForm>
  </Layout>
);

const floorText = (leastReaders: number): string =>
  leastReaders === 1
    ? "One reader is enough for a trend here, as in a first try."
    : `What is listed has at least ${leastReaders} different readers.`;
