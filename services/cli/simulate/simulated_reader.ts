import type { Random } from "@/application/shared/random.ts";

/** The part of a book that a simulated reader knows. */
export type ListedBook = { id: string; title: string; subjects: string[]; popularity: number };
/** An item of `POST /v1/events`. */
export type SimulatedAct =
  & { id: string; reader: string }
  & (
    | { type: "searched"; query: string }
    | { type: "viewed"; book: string }
    | { type: "shelved"; book: string; shelf: "want" | "reading" | "read" }
    | { type: "rated"; book: string; rating: number }
  );

const FAVOURITES = 2;
const WORDS_TYPED = 3;
const SHARES = { favourite: 0.8, searched: 0.4, shelved: 0.5, rated: 0.35 };
const SHELVES = ["want", "reading", "read"] as const;

const MOST_BOOKS = 1_000;

/** Returns the books that are most popular as they were imported, in this order. */
export const mostPopular = (listed: ListedBook[]): ListedBook[] =>
  listed.toSorted((a, b) => b.popularity - a.popularity || (a.id < b.id ? -1 : 1)).slice(0, MOST_BOOKS);

/**
 * Yields the acts of a simulated reader without end: views of books, mostly popular ones of favourite subjects, some searches,
 * shelvings and ratings. The same seed of `random` gives the same acts, also after acts have changed the order of `listed`.
 */
export function* actsOf(reader: string, listed: ListedBook[], random: Random): Generator<SimulatedAct> {
  const books = mostPopular(listed);
  const subjects = [...new Set(books.flatMap((book) => book.subjects))];
  const favourites = Array.from({ length: subjects.length === 0 ? 0 : FAVOURITES }, () => random.pick(subjects));
  const liked = books.filter((book) => book.subjects.some((subject) => favourites.includes(subject)));
  for (let count = 0;; count++) {
    const among = liked.length > 0 && random.chance(SHARES.favourite) ? liked : books;
    const { id: book, title } = among[Math.floor(random.next() ** 2 * among.length)]!;
    const made = (type: string) => ({ id: `${reader}-${count}-${type}`, reader });
    if (random.chance(SHARES.searched)) {
      yield { ...made("searched"), type: "searched", query: title.split(/\s+/).slice(0, WORDS_TYPED).join(" ") };
    }
    yield { ...made("viewed"), type: "viewed", book };
    if (random.chance(SHARES.shelved)) {
      yield { ...made("shelved"), type: "shelved", book, shelf: random.pick(SHELVES) };
    }
    if (random.chance(SHARES.rated)) yield { ...made("rated"), type: "rated", book, rating: random.int(3, 5) };
  }
}
