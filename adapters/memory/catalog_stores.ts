import type { Book } from "@/domain/catalog/book.ts";
import { type Facet, facetsOf, titleKey as titleKeyOf, tokensOf } from "@/domain/catalog/found_by.ts";
import { isDescending, sortValue } from "@/domain/catalog/sort_value.ts";
import type { Books, BookSearch, BookShelf } from "@/application/catalog/ports.ts";
import { byText, type Rows, type Table } from "./database.ts";

/** The catalogue inside a transaction. */
export const memoryBooks = (books: Table<Book>, removed: Table<number>): Books => ({
  lockAndPrefetch: () => Promise.resolve(),
  get: (id) => Promise.resolve(books.get(id)),
  withIsbn: (isbn13) => Promise.resolve(books.values().find((book) => book.isbn13 === isbn13)?.id),
  save(book) {
    books.set(book.id, book);
    return Promise.resolve();
  },
  remove(book) {
    books.delete(book.id);
    removed.set(book.id, book.version + 1);
    return Promise.resolve();
  },
  removedAt: (id) => Promise.resolve(removed.get(id) ?? 0),
});

const answers = (book: Book, facets: Facet[]): boolean =>
  facets.every((wanted) => facetsOf(book).some(({ kind, value }) => kind === wanted.kind && value === wanted.value));

/** The catalogue as readers see it. */
export const memoryShelf = (books: Rows<Book>): BookShelf => ({
  get: (id) => Promise.resolve(books.get(id)),
  byIds: (ids) => Promise.resolve([...new Set(ids)].flatMap((id) => books.get(id) ?? [])),
  list({ facets, sort, limit, after }) {
    const sign = isDescending(sort) ? -1 : 1;
    const order = (a: { value: string | number; id: string }, b: { value: string | number; id: string }) =>
      a.value === b.value ? byText(a.id, b.id) : a.value < b.value ? -sign : sign;
    const placed = books.values().filter((book) => answers(book, facets)).map((book) => ({
      book,
      id: book.id,
      value: sortValue(book, sort),
    }));
    const rest = after === undefined ? placed : placed.filter((one) => order(after, one) < 0);
    return Promise.resolve(rest.sort(order).slice(0, limit).map(({ book }) => book));
  },
  count: () => Promise.resolve(books.values().length),
});

export const memorySearch = (books: Rows<Book>): BookSearch => ({
  candidates({ words, titleKey, facets, most }) {
    const found = books.values().filter((book) => {
      const tokens = tokensOf(book);
      const has = words.every((word, at) =>
        tokens.some((token) => at === words.length - 1 ? token.startsWith(word) : token === word)
      );
      return has && answers(book, facets);
    }).sort((a, b) => b.popularity - a.popularity || byText(a.id, b.id));
    const exact = found.filter((book) => titleKeyOf(book.title) === titleKey).slice(0, most);
    return Promise.resolve([...new Set([...exact, ...found.slice(0, most)])]);
  },
});
