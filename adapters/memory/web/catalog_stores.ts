import type { Book } from "@/domain/catalog/book.ts";
import { booksToWalk } from "@/domain/catalog/search/candidate_walk.ts";
import { type Facet, facetsOf, titleKey as titleKeyOf, tokensOf } from "@/domain/catalog/found_by.ts";
import { documentText, readDocument, type SearchDocument } from "@/domain/catalog/search/search_document.ts";
import { type BookSort, isDescending, sortValue } from "@/domain/catalog/sort_value.ts";
import { endOf, Vocabulary } from "@/domain/catalog/spelling/vocabulary.ts";
import type { Books, BookSearch, BookShelf, FacetCount, Match } from "@/application/catalog/ports.ts";
import { byText, type Rows, type Table } from "@/adapters/memory/messaging/database.ts";

/** The catalogue inside a transaction. `acts`: how popular acts of readers have made books. */
export const memoryBooks = (books: Table<Book>, removed: Table<number>, acts: Table<number>): Books => ({
  lockAndPrefetch: () => Promise.resolve(),
  get: (id) => Promise.resolve(books.get(id)),
  withIsbn: (isbn13) => Promise.resolve(books.values().find((book) => book.isbn13 === isbn13)?.id),
  save(book) {
    books.set(book.id, book);
    return Promise.resolve();
  },
  remove(book) {
    books.delete(book.id);
    acts.delete(book.id);
    removed.set(book.id, book.version + 1);
    return Promise.resolve();
  },
  removedAt: (id) => Promise.resolve(removed.get(id) ?? 0),
});

const hasFacets = (book: Book, facets: Facet[]): boolean =>
  facets.every((wanted) =>
    facetsOf(book).some(({ kind, value }) =>
      kind === wanted.kind && (kind === "work" ? wanted.value.split(" ").includes(value) : value === wanted.value)
    )
  );

const hasGroups = (book: Book, groups: string[][]): boolean =>
  groups.every((group) => group.some((word) => indexedOf(book).tokens.has(word)));

const distinctFacets = (book: Book | undefined): Iterable<Facet> =>
  new Map(
    (book === undefined ? [] : facetsOf(book).filter(({ kind }) => kind !== "work")).map((
      one,
    ) => [`${one.kind} ${one.value}`, one]),
  ).values();

const valueOf = (book: Book, sort: BookSort, acts: Rows<number>) =>
  sort === "popularity"
    ? Math.min(Number.MAX_SAFE_INTEGER, book.popularity + (acts.get(book.id) ?? 0))
    : sortValue(book, sort);

/** The catalogue as readers see it. */
export const memoryShelf = (books: Rows<Book>, acts: Rows<number>): BookShelf => ({
  get: (id) => Promise.resolve(books.get(id)),
  versionOf: (id) => Promise.resolve(books.get(id)?.version),
  byIds: (ids) => Promise.resolve([...new Set(ids)].flatMap((id) => books.get(id) ?? [])),
  list({ facets, sort, limit, after, groups = [] }) {
    const sign = isDescending(sort) ? -1 : 1;
    const order = (a: { value: string | number; id: string }, b: { value: string | number; id: string }) =>
      a.value === b.value ? byText(a.id, b.id) : a.value < b.value ? -sign : sign;
    const matching = books.values().filter((book) => hasFacets(book, facets) && hasGroups(book, groups));
    const sortable = matching.map((book) => ({
      book,
      id: book.id,
      value: valueOf(book, sort, acts),
    }));
    const rest = after === undefined ? sortable : sortable.filter((row) => order(after, row) < 0);
    return Promise.resolve(rest.sort(order).slice(0, limit).map(({ book }) => book));
  },
  sortValues: (ids, sort) =>
    Promise.resolve(ids.flatMap((id) => {
      const book = books.get(id);
      return book === undefined ? [] : [{ id, value: valueOf(book, sort, acts) }];
    })),
  facetCounts(ids) {
    const counts = new Map<string, FacetCount>();
    for (const id of ids) {
      for (const { kind, value } of distinctFacets(books.get(id))) {
        const known = counts.get(`${kind} ${value}`);
        if (known === undefined) counts.set(`${kind} ${value}`, { kind, value, count: 1, book: id });
        else known.count++;
      }
    }
    return Promise.resolve([...counts.values()]);
  },
  editions(works) {
    const count = (work: string) =>
      books.values().filter((book) => hasFacets(book, [{ kind: "work", value: work }])).length;
    return Promise.resolve(works.map(count));
  },
  count: () => Promise.resolve(books.values().length),
});

type Indexed = { tokens: Set<string>; document: SearchDocument };
/** A book's derived data, which never changes. */
const indexedBooks = new WeakMap<Book, Indexed>();

function indexedOf(book: Book): Indexed {
  let indexed = indexedBooks.get(book);
  if (indexed === undefined) {
    const document = readDocument(book.id, { popularity: book.popularity, acts: 0 }, documentText(book));
    indexedBooks.set(book, indexed = { tokens: new Set(tokensOf(book)), document });
  }
  return indexed;
}

const byPriority = (a: Match, b: Match): number => a.priority - b.priority || byText(a.id, b.id);

/** Searches by scanning every book. */
export function memorySearch(books: Rows<Book>, acts: Rows<number>): BookSearch {
  const documentOf = (book: Book) => ({ ...indexedOf(book).document, acts: acts.get(book.id) ?? 0 });
  const vocabulary = () => {
    const words = new Vocabulary();
    for (const one of allWords()) words.add(one);
    return words;
  };
  const allWords = () => new Set(books.values().flatMap((book) => [...indexedOf(book).tokens]));
  return {
    counts: (words, most) =>
      Promise.resolve(words.map(({ text, prefix }) => {
        let count = 0;
        for (const book of books.values()) {
          for (const token of indexedOf(book).tokens) if (prefix ? token.startsWith(text) : token === text) count++;
        }
        return Math.min(most, count);
      })),
    wordsFrom: (start, most) =>
      Promise.resolve([...allWords()].filter((word) => word.startsWith(start)).sort(byText).slice(0, most)),
    wordsLike: (word, most, prefix) => Promise.resolve(vocabulary().like(word, most, prefix)),
    wordsSounding: (word) => Promise.resolve(endOf(vocabulary().sounding(word))),
    candidates({ groups, titled: byTitle, facets, most }) {
      const all = books.values().filter((book) => hasFacets(book, facets));
      const [driver, ...others] = groups;
      const walked = (driver === undefined ? all : books.values().filter((book) => hasGroups(book, [driver])))
        .sort((a, b) => b.popularity - a.popularity || byText(a.id, b.id))
        .slice(0, driver === undefined ? most : Math.max(most, booksToWalk(others, facets)));
      const popular = walked.filter((book) => hasGroups(book, others) && hasFacets(book, facets)).slice(0, most);
      const titled = byTitle === undefined ? [] : all
        .map((book) => ({ book, key: titleKeyOf(book.title) }))
        .filter(({ key }) => key.startsWith(byTitle.start))
        .sort((a, b) => byText(a.key, b.key) || byText(a.book.id, b.book.id)).slice(0, byTitle.most);
      const found = new Set([...popular, ...titled.map(({ book }) => book)]);
      return Promise.resolve([...found].map(documentOf));
    },
    matches: ({ groups, facets, most, after }) =>
      Promise.resolve(
        books.values().filter((book) => hasFacets(book, facets) && hasGroups(book, groups))
          .map(({ id, popularity }) => ({ id, priority: groups.length === 0 ? 0 : -popularity })).sort(byPriority)
          .filter((one) => after === undefined || byPriority(after, one) < 0).slice(0, most),
      ),
    giveWay: () => Promise.resolve(),
    documents: (ids) =>
      Promise.resolve(ids.flatMap((id) => {
        const book = books.get(id);
        return book === undefined ? [] : [documentOf(book)];
      })),
  };
}
