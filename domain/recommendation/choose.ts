import type { IndexedBook } from "./book_index.ts";

/** How many books of one author or series are listed before further ones are held back. */
const MOST_OF_A_NAME = 3;
/** The score of a candidate that must not be listed. */
export const UNLISTED = -1;

/** Candidates, scored by place. `without`: works that must not be listed. */
type Choice = {
  scores: Float64Array;
  bookAt: (place: number) => IndexedBook;
  limit: number;
  without: ReadonlySet<string>;
};
type Item = { place: number; book: IndexedBook; score: number };

/**
 * Returns the best `limit` books, ties by id, with one edition of each work. Books beyond the third of an author or series are
 * held back: they fill the end of the list only when there are too few others.
 */
export function chooseBest(choice: Choice): Item[] {
  const { scores, limit } = choice;
  // Most candidates score too low to be listed, so only the best ones are sorted first.
  for (let enough = 2 * limit; enough < scores.length; enough *= 4) {
    const { chosen } = choose(choice, Math.max(0, nthBest(scores, enough)));
    if (chosen.length === limit) return chosen;
  }
  const { chosen, heldBack } = choose(choice, 0);
  return [...chosen, ...heldBack.slice(0, limit - chosen.length)];
}

/** Returns the score at rank `n`, counted from 1. Uses a min-heap of the `n` best scores. */
function nthBest(scores: Float64Array, n: number): number {
  const heap = scores.slice(0, n).sort();
  for (let next = n; next < scores.length; next++) {
    const score = scores[next]!;
    if (score <= heap[0]!) continue;
    let at = 0;
    for (let child = 1; child < n; child = 2 * at + 1) {
      if (child + 1 < n && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= score) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = score;
  }
  return heap[0]!;
}

/** Chooses among the candidates that score at least `bar`. */
function choose(choice: Choice, bar: number): { chosen: Item[]; heldBack: Item[] } {
  const { limit, without } = choice;
  const works = new Set<string>();
  const counts = new Map<number, number>();
  const chosen: Item[] = [];
  const heldBack: Item[] = [];
  for (const item of sorted(choice, bar)) {
    if (chosen.length === limit) break;
    const { authors, series, facts: { work } } = item.book;
    if (work !== undefined && (without.has(work) || works.has(work))) continue;
    if (work !== undefined) works.add(work);
    const names = [...authors, ...series];
    if (names.some((name) => (counts.get(name) ?? 0) >= MOST_OF_A_NAME)) {
      heldBack.push(item);
      continue;
    }
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    chosen.push(item);
  }
  return { chosen, heldBack };
}

function sorted({ scores, bookAt }: Choice, bar: number): Item[] {
  const items: Item[] = [];
  for (let place = 0; place < scores.length; place++) {
    const score = scores[place]!;
    if (score >= bar) items.push({ place, book: bookAt(place), score });
  }
  return items.sort((a, b) => b.score - a.score || (a.book.facts.id < b.book.facts.id ? -1 : 1));
}
