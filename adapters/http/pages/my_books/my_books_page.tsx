import { countOf } from "@/application/shared/text/count_of.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { BookRows } from "@/adapters/http/pages/book_items.tsx";
import { Layout } from "@/adapters/http/pages/layout.tsx";
import { ActForm, type Said, Stars } from "@/adapters/http/pages/say.tsx";
import { pageUrl, type ShelfName, SHELVES, type Shelves } from "./shelves.ts";

type Props = {
  shelves: Shelves;
  /** The shown books by id. */
  books: ReadonlyMap<string, Book>;
  said: Said;
  /** The shown shelf, and the range of its books. */
  only?: ShelfName | undefined;
  range: { from: number; most: number };
};

/** A reader's own books on their shelves, the newest act first. */
export const MyBooksPage = ({ shelves, books, said, only, range: { from, most } }: Props) => {
  const shown = SHELVES.filter(([name]) => shelves[name].length > 0 && (only ?? name) === name);
  const back = pageUrl(only, from);
  return (
    <Layout title="My books – Bookstream" path="/my-books">
      <h1>My books</h1>
      <nav class="tabs" aria-label="Shelves">
        <a href="/my-books" aria-current={only === undefined ? "page" : undefined}>All</a>
        {SHELVES.map(([name, title]) =>
          shelves[name].length === 0
            ? null
            : <a href={pageUrl(name)} aria-current={only === name ? "page" : undefined}>{title}</a>
        )}
        <a href="/my-books/kept">What is kept about me</a>
      </nav>
      {shown.length > 0 ? null : (
        <p class="empty">
          Press “Want” beside any book, and it is kept here. <a href="/search">Browse the catalogue</a>.
        </p>
      )}
      <ActForm back={back}>
        {shown.map(([name, title]) => {
          const all = shelves[name];
          const own = all.flatMap((id) => books.get(id) ?? []);
          return (
            <section aria-labelledby={name}>
              <h2 id={name}>
                {title} <small>{countOf(all.length, "book")}</small>
              </h2>
              <BookRows books={own} said={said} note={(book) => <Stars book={book} said={said.get(book.id)} />} />
              <Pages name={name} count={all.length} only={only} from={from} most={most} />
            </section>
          );
        })}
      </ActForm>
    </Layout>
  );
};

type PagesProps = { name: ShelfName; count: number; only: ShelfName | undefined; from: number; most: number };

const Pages = ({ name, count, only, from, most }: PagesProps) =>
  count <= most ? null : (
    <p class="pager">
      {only === undefined ? <a href={pageUrl(name)}>All {countOf(count, "book")}</a> : null}
      {only !== undefined && from > 0 ? <a rel="prev" href={pageUrl(name, Math.max(0, from - most))}>Newer</a> : null}
      {only !== undefined && from + most < count ? <a rel="next" href={pageUrl(name, from + most)}>Older</a> : null}
    </p>
  );
