import type { Book } from "@/domain/catalog/book.ts";
import { readTitle } from "@/domain/title.ts";
import { seriesOf } from "@/domain/catalog/series.ts";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { BookTrend } from "@/application/trend/messages.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import { BookRows, Shelf } from "@/adapters/http/pages/book_items.tsx";
import { Facts } from "./book_facts.tsx";
import { Cover } from "@/adapters/http/pages/covers/cover.tsx";
import { placeText } from "@/adapters/http/pages/facts.ts";
import { Layout } from "@/adapters/http/pages/layout.tsx";
import { bookUrl, searchUrl } from "@/adapters/http/pages/links.ts";
import { Recommended, trendText } from "@/adapters/http/pages/panels.tsx";
import { ActForm, type Said, SayInFull, Stars } from "@/adapters/http/pages/say.tsx";
import { Change, Spark } from "@/adapters/http/pages/trends/spark.tsx";

/**
 * `series`: the books of its series in order, itself included. `editions`: the other books of its work. `similar`: further books,
 * undefined when there are none. `listed`: the reader's acts on the books shown beside it.
 */
type Props = {
  book: Book;
  said: ReaderBook | undefined;
  similar: Panel<RecommendationItem> | undefined;
  series: Book[];
  editions: Book[];
  listed: Said;
  /** The book's trend, when it is among the first. */
  trend: BookTrend | undefined;
};

/** The page of a book: its details, the reader's buttons, its series, and similar books. */
export const BookPage = ({ book, said, similar, series, editions, listed, trend }: Props) => (
  <Layout title={`${book.title} – Bookstream`}>
    <article class="about">
      <Cover title={book.title} authors={book.authors} />
      <div>
        <Head book={book} />
        {trend === undefined ? null : <Trend trend={trend} />}
        <Acts book={book} said={said} />
        {book.description === undefined ? null : <p class="text" dir="auto" lang={book.language}>{book.description}</p>}
        <Facts book={book} />
      </div>
    </article>
    <ActForm back={bookUrl(book.id)}>
      {editions.length === 0 ? null : (
        <section aria-labelledby="editions">
          <h2 id="editions">Other editions</h2>
          <BookRows books={editions} said={listed} />
        </section>
      )}
      {series.length === 0 ? null : <Series book={book} books={series} said={listed} />}
      {similar === undefined ? null : (
        <Recommended
          id="similar"
          here={book.id}
          title="Similar books"
          empty="No similar books yet."
          panel={similar}
          said={listed}
        />
      )}
    </ActForm>
  </Layout>
);

const Trend = ({ trend }: { trend: BookTrend }) => (
  <p class="course">
    <a href="/trends">Trending: no. {trend.rank}</a>
    <Change change={trend.change} />
    <Spark history={trend.history} />
    <span class="note">{trendText(trend)}</span>
  </p>
);

const Head = ({ book }: { book: Book }) => {
  const series = seriesOf(book);
  return (
    <>
      <h1 dir="auto" lang={book.language}>{book.title}</h1>
      {book.subtitle === undefined ? null : <p class="subtitle" dir="auto" lang={book.language}>{book.subtitle}</p>}
      {book.authors.length === 0 ? null : (
        <p class="by" dir="auto">
          {book.authors.map((author, at) => (
            <>
              {at === 0 ? "" : ", "}
              <a href={searchUrl({ author })}>{author}</a>
            </>
          ))}
        </p>
      )}
      {series === undefined ? null : (
        <p class="note" dir="auto">
          {series.number === undefined ? "Part of " : `${placeText(series.number, "Book")} of `}
          <a href={searchUrl({ q: series.name })}>{series.name}</a>
        </p>
      )}
    </>
  );
};

const Series = ({ book, books, said }: { book: Book; books: Book[]; said: Said }) => (
  <section aria-labelledby="series">
    <h2 id="series">
      Series: <bdi>{seriesOf(book)?.name}</bdi>
    </h2>
    <Shelf
      said={said}
      cards={books.map((one) => {
        const number = seriesOf(one)?.number;
        const place = number === undefined ? undefined : placeText(number, "Book");
        return {
          book: one,
          title: readTitle(one.title).bare,
          note: one.id === book.id ? `${place ?? "This book"} – you are here` : place,
        };
      })}
    />
  </section>
);

const Acts = ({ book, said }: { book: Book; said: ReaderBook | undefined }) => (
  <section aria-labelledby="yours" class="yours">
    <h2 id="yours" class="hidden">Your list</h2>
    <ActForm back={bookUrl(book.id)}>
      <SayInFull book={book} said={said} />
      <div class="rating">
        <span class="note" aria-hidden="true">Your rating</span>
        <Stars book={book} said={said} />
      </div>
    </ActForm>
  </section>
);
