import type { Taste } from "./interaction.ts";

/** A neighbour of a book: a book that the same readers chose, with its similarity in 0..1. */
export type Neighbour = { book: string; similarity: number };

/**
 * Settings of the engine, versioned data: `g` damps readers of many books; `shrink` damps books with few readers, and is
 * counted in readers as busy as theirs, so that it means the same in every shop.
 */
export type EngineSettings = { g: number; shrink: number; keep: number; history: number };
export const DEFAULT_ENGINE: EngineSettings = { g: 0.5, shrink: 2, keep: 50, history: 100 };

/** How many readers chose a book, and the sum of their weights in whole units. */
export type Degree = { readers: number; units: number };

/** Whole units of a co-occurrence weight: sums of whole numbers do not depend on their order. */
const UNIT = 2 ** 20;

/** The part of a reader's books that co-occurrence is made of: the newest `history` that say something. */
export const pairedBooks = (tastes: Taste[], settings: EngineSettings): Taste[] =>
  tastes.filter((taste) => taste.weight > 0).slice(0, settings.history);

/** What a reader adds to each pair of their books, `(n+1)^-g`, in whole units. */
export const readerWeight = (books: number, settings: EngineSettings): number =>
  Math.round(UNIT * (books + 1) ** -settings.g);

/**
 * The neighbours of a book, nearest first, ties by id: cosine over readers weighted by `(n+1)^-g`, `C_ij / sqrt(d_i·d_j)`,
 * shrunk by `n / (n + shrink)` with `n = sqrt(n_i·n_j)` readers (after Deshpande and Karypis, Item-based top-N
 * recommendation, TOIS 2004). `together` holds whole units as made by `readerWeight`.
 */
export function nearest(
  book: string,
  together: Map<string, number>,
  degree: (book: string) => Degree,
  settings: EngineSettings,
): Neighbour[] {
  const own = degree(book);
  const scored: Neighbour[] = [];
  for (const [other, units] of together) {
    if (other === book || units <= 0) continue;
    const its = degree(other);
    const cosine = units / UNIT / Math.sqrt(own.units / UNIT * (its.units / UNIT));
    const readers = Math.sqrt(own.readers * its.readers);
    const similarity = cosine * readers / (readers + settings.shrink);
    scored.push({ book: other, similarity: Math.round(similarity * 1e9) / 1e9 });
  }
  return scored.sort(compareNeighbours).slice(0, settings.keep);
}

const compareNeighbours = (a: Neighbour, b: Neighbour): number =>
  b.similarity - a.similarity || (a.book < b.book ? -1 : 1);
