import type { Child } from "hono/jsx";
import type { Book } from "@/domain/catalog/book.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { BookRef, BookTrend, QueryTrend } from "@/application/trend/messages.ts";
import type { Panel } from "@/application/storefront/panel.ts";

export const bookUrl = (id: string): string => `/books/${encodeURIComponent(id)}`;
export const searchUrl = (query: string): string => `/search?q=${encodeURIComponent(query)}`;
/** A year as text: 1965, or 750 BC. */
export const yearText = (year: number): string => (year < 0 ? `${-year} BC` : String(year));

const BookLink = ({ book }: { book: BookRef }) => (
  <>
    <a class="title" href={bookUrl(book.id)}>{book.title}</a>
    {book.authors.length === 0 ? null : <span class="authors">{book.authors.join(", ")}</span>}
  </>
);

export const BookList = ({ books }: { books: Book[] }) => (
  <ul class="books">
    {books.map((book) => (
      <li key={book.id}>
        <BookLink book={book} />
        <span class="note">
          {[book.year === undefined ? undefined : yearText(book.year), book.language, ...book.subjects.slice(0, 3)]
            .filter(Boolean).join(" · ")}
        </span>
      </li>
    ))}
  </ul>
);

type PanelProps<Item> = {
  id: string;
  title: string;
  what: string;
  empty: string;
  panel: Panel<Item>;
  show: (item: Item) => Child;
};

/** A list of another service: fresh, from an earlier time, empty, or not available. */
function PanelOf<Item>({ id, title, what, empty, panel, show }: PanelProps<Item>) {
  const { items, asOf, unavailable } = panel;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {asOf === undefined
        ? null
        : <p class="note">As of {new Date(asOf).toISOString().slice(0, 16).replace("T", " ")} UTC</p>}
      {unavailable === true ? <p class="note">{what} are not available at the moment.</p> : null}
      {unavailable !== true && items.length === 0 ? <p class="note">{empty}</p> : null}
      {items.length === 0 ? null : <ol class="books">{items.map((item) => <li>{show(item)}</li>)}</ol>}
    </section>
  );
}

const some = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export const BookTrends = ({ panel }: { panel: Panel<BookTrend> }) => (
  <PanelOf
    id="trending-books"
    title="Trending books"
    what="Trends"
    empty="Nothing trends yet. Look at a book or search for one."
    panel={panel}
    show={({ book, count, readers, searches }) => (
      <>
        <BookLink book={book} />
        <span class="note">
          {some(count, "act", "acts")} and {some(searches, "search", "searches")} by{" "}
          {some(readers, "reader", "readers")} in 24 hours
        </span>
      </>
    )}
  />
);

export const QueryTrends = ({ panel }: { panel: Panel<QueryTrend> }) => (
  <PanelOf
    id="trending-queries"
    title="Trending searches"
    what="Trends"
    empty="Nobody has searched yet."
    panel={panel}
    show={({ query, count, readers, books }) => (
      <>
        <a class="title" href={searchUrl(query)}>{query}</a>
        <span class="note">
          {some(count, "search", "searches")} by {some(readers, "reader", "readers")} in 24 hours
        </span>
        <span class="note">
          {books.slice(0, 3).map((book, at) => (
            <>
              {at === 0 ? "" : " · "}
              <a href={bookUrl(book.id)}>{book.title}</a>
            </>
          ))}
        </span>
      </>
    )}
  />
);

type ForYouProps = { id: string; title: string; empty: string; panel: Panel<RecommendationItem> };
export const Recommended = ({ id, title, empty, panel }: ForYouProps) => (
  <PanelOf
    id={id}
    title={title}
    what="Recommendations"
    empty={empty}
    panel={panel}
    show={({ book, reason }) => (
      <>
        <BookLink book={book} />
        <span class="reason">{reason.text}</span>
      </>
    )}
  />
);
