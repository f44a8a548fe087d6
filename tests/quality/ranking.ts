import { ndcg } from "@/domain/ndcg.ts";

/** Figures of lists of 20 against what readers did choose. */
export type Ranking = {
  readers: number;
  recall20: number;
  /** Share of the lists that hold a book that was chosen. */
  hr20: number;
  ndcg20: number;
  /** Share of the catalogue that is in any list. */
  coverage20: number;
  /** Books in lists that their reader knew. */
  leaks: number;
  /** Readers whose list has nothing. */
  empty: number;
};

const TOP = 20;

/** Recall@20 and NDCG@20 with the ideal over min(20, n), as means over lists whose readers chose something. */
export class Rankings {
  readonly #shown = new Set<string>();
  #readers = 0;
  #recall = 0;
  #hits = 0;
  #ndcg = 0;
  #leaks = 0;
  #empty = 0;

  add(list: string[], { wanted, known }: { wanted: Set<string>; known: Set<string> }): void {
    if (wanted.size === 0) return;
    const hits = list.slice(0, TOP).filter((book) => wanted.has(book)).length;
    this.#readers++;
    this.#recall += hits / wanted.size;
    if (hits > 0) this.#hits++;
    this.#ndcg += ndcg(list, new Map([...wanted].map((book) => [book, 1])));
    this.#leaks += list.filter((book) => known.has(book)).length;
    if (list.length === 0) this.#empty++;
    for (const book of list.slice(0, TOP)) this.#shown.add(book);
  }

  figures(books: number): Ranking {
    const readers = Math.max(1, this.#readers);
    return {
      readers: this.#readers,
      recall20: this.#recall / readers,
      hr20: this.#hits / readers,
      ndcg20: this.#ndcg / readers,
      coverage20: this.#shown.size / Math.max(1, books),
      leaks: this.#leaks,
      empty: this.#empty,
    };
  }
}
