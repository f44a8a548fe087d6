import type { Book } from "@/domain/catalog/book.ts";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import { Layout } from "./layout.tsx";
import { bookUrl, Recommended, searchUrl, yearText } from "./lists.tsx";

const SHELVES = { want: "Want to read", reading: "Reading", read: "Read" } as const;

type Props = { book: Book; said: ReaderBook | undefined; similar: Panel<RecommendationItem> };

/** One book: its details, what the reader says about it, and books like it. */
export const BookPage = ({ book, said, similar }: Props) => (
  <Layout title={`${book.title} – Bookstream`}>
    <article lang={book.language ?? "en"}>
      <h1 dir="auto">{book.title}</h1>
      {book.authors.length === 0 ? null : (
        <p class="by" dir="auto">
          {book.authors.map((author, at) => (
            <>
              {at === 0 ? "" : ", "}
              <a href={searchUrl(author)}>{author}</a>
            </>
          ))}
        </p>
      )}
      {book.description === undefined ? null : <p dir="auto">{book.description}</p>}
    </article>
    <Acts book={book} said={said} />
    <Recommended id="similar" title="Similar books" empty="No similar books yet." panel={similar} />
    <section aria-labelledby="details">
      <h2 id="details">Details</h2>
      <dl>
        {book.year === undefined ? null : (
          <>
            <dt>First published</dt>
            <dd>{yearText(book.year)}</dd>
          </>
        )}
        {book.language === undefined ? null : (
          <>
            <dt>Language</dt>
            <dd>{book.language}</dd>
          </>
        )}
        {book.isbn13 === undefined ? null : (
          <>
            <dt>ISBN</dt>
            <dd>{book.isbn13}</dd>
          </>
        )}
        {book.subjects.length === 0 ? null : (
          <>
            <dt>Subjects</dt>
            <dd>
              {book.subjects.map((subject, at) => (
                <>
                  {at === 0 ? "" : ", "}
                  <a href={searchUrl(subject)}>{subject}</a>
                </>
              ))}
            </dd>
          </>
        )}
      </dl>
    </section>
  </Layout>
);

const Acts = ({ book, said }: { book: Book; said: ReaderBook | undefined }) => (
  <section aria-labelledby="yours">
    <h2 id="yours">Your list</h2>
    <form class="acts" method="post" action={`${bookUrl(book.id)}/acts`}>
      {(Object.keys(SHELVES) as (keyof typeof SHELVES)[]).map((shelf) => (
        <button
          type="submit"
          name="act"
          value={shelf}
          aria-pressed={said?.shelf === shelf && !said.dismissed ? "true" : "false"}
        >
          {SHELVES[shelf]}
        </button>
      ))}
      <button type="submit" name="act" value="dismissed" aria-pressed={said?.dismissed === true ? "true" : "false"}>
        Not for me
      </button>
    </form>
    <form class="acts" method="post" action={`${bookUrl(book.id)}/acts`}>
      <fieldset>
        <legend>Your rating</legend>
        {[1, 2, 3, 4, 5].map((stars) => (
          <button
            type="submit"
            name="act"
            value={`rated-${stars}`}
            aria-pressed={said?.rating === stars ? "true" : "false"}
            aria-label={`${stars} of 5`}
          >
            {"★".repeat(stars)}
          </button>
        ))}
      </fieldset>
    </form>
  </section>
);
