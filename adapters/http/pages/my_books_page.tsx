import type { Book } from "@/domain/catalog/book.ts";
import { ActForm, BookRows, type Said } from "./book_items.tsx";
import { some } from "./facts.ts";
import { Layout } from "./layout.tsx";

const SHELVES = [
  ["reading", "Reading"],
  ["want", "Want to read"],
  ["read", "Read"],
  ["rated", "Rated"],
  ["dismissed", "Not for me"],
] as const;
type Name = typeof SHELVES[number][0];

/** `books`: those of which the reader has said something, the newest act first. */
export const MyBooksPage = ({ books, said }: { books: Book[]; said: Said }) => {
  const shelves = Map.groupBy(books, ({ id }) => shelfOf(id, said));
  return (
    <Layout title="My books – Bookstream" path="/my-books">
      <h1>My books</h1>
      {books.length === 0
        ? (
          <p class="empty">
            Press “Want to read” beside any book, and it is kept here. <a href="/search">Browse the catalogue</a>.
          </p>
        )
        : null}
      <ActForm back="/my-books">
        {SHELVES.map(([name, title]) => {
          const own = shelves.get(name) ?? [];
          return own.length === 0 ? null : (
            <section aria-labelledby={name}>
              <h2 id={name}>
                {title} <small>{some(own.length, "book")}</small>
              </h2>
              <BookRows books={own} said={said} note={({ id }) => <Stars rating={said.get(id)?.rating} />} />
            </section>
          );
        })}
      </ActForm>
    </Layout>
  );
};

function shelfOf(id: string, said: Said): Name {
  const { shelf, dismissed } = said.get(id) ?? {};
  return dismissed === true ? "dismissed" : shelf ?? "rated";
}

const Stars = ({ rating }: { rating: number | undefined }) =>
  rating === undefined ? null : <span class="note rated">You gave it {rating} of 5 ★</span>;
