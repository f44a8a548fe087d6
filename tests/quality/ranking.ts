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
const gain = (rank: number) => 1 / Math.log2(rank + 2);
const ideal = (wanted: number) =>
  Array.from({ length: Math.min(TOP, wanted) }, (_, rank) => gain(rank)).reduce(plus, 0);
const plus = (a: number, b: number) => a + b;

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
    const hits = list.slice(0, TOP).map((book, rank) => wanted.has(book) ? gain(rank) : 0);
    this.#readers++;
    this.#recall += hits.filter((hit) => hit > 0).length / wanted.size;
    if (hits.some((hit) => hit > 0)) this.#hits++;
    this.#ndcg += hits.reduce(plus, 0) / ideal(wanted.size);
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
