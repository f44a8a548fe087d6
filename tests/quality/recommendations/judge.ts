import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { Act } from "./acts.ts";
import { type Ranking, Rankings } from "@/tests/quality/ranking.ts";

/** The most chosen books that are no long tail, as a share of the books. */
const HEAD = 0.2;

/** `tail20`: share of what is listed that is not among the most chosen fifth of books. `true20`: share with a true reason. */
export type Judgement = Ranking & { tail20: number; true20: number };

/** Judges lists by what their readers chose next, and knows what was learned by then. */
export class Judge {
  readonly #rankings = new Rankings();
  readonly #booksOf = new Map<string, Set<string>>();
  readonly #readersOf = new Map<string, Set<string>>();
  readonly #listed = new Map<string, number>();
  readonly #areAlike: (one: string, other: string) => boolean;
  #items = 0;
  #true = 0;

  /** `areAlike`: whether two books have an author, a series or a subject in common. */
  constructor(areAlike: (one: string, other: string) => boolean) {
    this.#areAlike = areAlike;
  }

  learn({ reader, book }: Act): void {
    this.#booksOf.set(reader, (this.#booksOf.get(reader) ?? new Set()).add(book));
    this.#readersOf.set(book, (this.#readersOf.get(book) ?? new Set()).add(reader));
  }

  /** The books of these acts that are new to the reader. */
  unknown(reader: string, acts: Act[]): Set<string> {
    return new Set(acts.map(({ book }) => book)).difference(this.#knownTo(reader));
  }

  add(reader: string, list: RecommendationItem[], wanted: Set<string>): void {
    const known = this.#knownTo(reader);
    this.#rankings.add(list.map(({ book }) => book.id), { wanted, known });
    for (const item of list) {
      this.#items++;
      if (this.#isTrue(item, known)) this.#true++;
      this.#listed.set(item.book.id, (this.#listed.get(item.book.id) ?? 0) + 1);
    }
  }

  figures(books: number): Judgement {
    const chosen = [...this.#readersOf].sort((a, b) => b[1].size - a[1].size);
    const head = new Set(chosen.slice(0, Math.ceil(HEAD * books)).map(([book]) => book));
    const tail = this.#listed.entries().reduce((sum, [book, times]) => sum + (head.has(book) ? 0 : times), 0);
    const items = Math.max(1, this.#items);
    return { ...this.#rankings.figures(books), tail20: tail / items, true20: this.#true / items };
  }

  #knownTo(reader: string): Set<string> {
    return this.#booksOf.get(reader) ?? new Set();
  }

  /**
   * "Because you" is true where the named book is the reader's and somebody chose both, or the two are alike;
   * "popular" where anybody chose it.
   */
  #isTrue({ book, reason }: RecommendationItem, known: Set<string>): boolean {
    if (reason.kind === "popular") return (this.#readersOf.get(book.id)?.size ?? 0) > 0;
    if (reason.kind !== "because_you" || reason.book === undefined || !known.has(reason.book)) return false;
    const both = this.#readersOf.get(reason.book)!;
    return !both.isDisjointFrom(this.#readersOf.get(book.id) ?? new Set()) || this.#areAlike(book.id, reason.book);
  }
}
