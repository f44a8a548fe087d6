import type { Book } from "@/domain/catalog/book.ts";
import { type Window, WINDOWS } from "@/domain/trend/window.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";
import { Layout } from "./layout.tsx";
import { BookList, BookTrends, QueryTrends, Recommended } from "./lists.tsx";

type Home = { forYou: Panel<RecommendationItem>; books: Panel<BookTrend>; queries: Panel<QueryTrend>; newest: Book[] };

/** The start page: trends, recommendations for the reader, new books. */
export const HomePage = ({ forYou, books, queries, newest }: Home) => (
  <Layout title="Bookstream">
    <h1>What will you read next?</h1>
    <div class="columns">
      <Recommended
        id="for-you"
        title="For you"
        empty="Look at a few books, and this list is made from them."
        panel={forYou}
      />
      <BookTrends panel={books} />
      <QueryTrends panel={queries} />
      <section aria-labelledby="newest">
        <h2 id="newest">Newest books</h2>
        {newest.length === 0 ? <p class="note">The catalogue is empty.</p> : <BookList books={newest} />}
      </section>
    </div>
  </Layout>
);

type Search = { query: string; books: Book[]; results: number; next: string | undefined };

/** The results of a search. */
export const SearchPage = ({ query, books, results, next }: Search) => (
  <Layout title={query === "" ? "Search – Bookstream" : `${query} – Bookstream`} query={query}>
    <h1>{query === "" ? "Search" : <>Books for “{query}”</>}</h1>
    {query === ""
      ? <p class="note">Type a title, an author, a subject or an ISBN.</p>
      : <p role="status">{resultText(results)}</p>}
    {query !== "" && results === 0
      ? (
        <p class="note">
          Try fewer or other words, or see <a href="/trends">what others read</a>.
        </p>
      )
      : null}
    <BookList books={books} />
    {next === undefined ? null : (
      <p>
        <a rel="next" href={next}>More books</a>
      </p>
    )}
  </Layout>
);

const resultText = (
  results: number,
): string => (results === 0 ? "Nothing found." : `${results} ${results === 1 ? "book" : "books"}`);

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
};

/** Trends in a window. */
export const TrendsPage = ({ window, books, queries, leastReaders }: Trends) => (
  <Layout title="Trends – Bookstream">
    <h1>Trends</h1>
    <nav class="tabs" aria-label="Half-life">
      {WINDOWS.map((one) => (
        <a href={`/trends?window=${one}`} aria-current={one === window ? "page" : undefined}>{WINDOW_NAMES[one]}</a>
      ))}
    </nav>
    <p class="note">A vote loses half its weight in {WINDOW_NAMES[window]}.</p>
    {leastReaders === undefined ? null : <p class="note">{floorText(leastReaders)}</p>}
    <div class="columns">
      <BookTrends panel={books} />
      <QueryTrends panel={queries} />
    </div>
  </Layout>
);

const floorText = (leastReaders: number): string =>
  leastReaders === 1
    ? "One reader is enough for a trend here, as in a first try."
    : `What is listed has at least ${leastReaders} different readers.`;
