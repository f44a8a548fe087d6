import { type Interaction, tastesOf } from "@/domain/recommendation/interaction.ts";
import {
  chosenLately,
  type Degree,
  type EngineSettings,
  LATELY,
  latelyFrom,
  nearest,
  nearness,
  type Neighbour,
  pairedBooks,
  readerWeight,
} from "@/domain/recommendation/neighbours.ts";
import type { NeighbourList } from "./ports.ts";

/** A reader's books in the order of their steps, and what a pair of them weighs. */
type Chosen = { books: string[]; steps: number[]; times: number[]; weight: number };

/** The engine's model of who chose which books, in memory, equal to the stored rows. */
export class CoOccurrence {
  readonly #settings: EngineSettings;
  readonly #ofReader = new Map<string, Chosen>();
  /** Of each book its readers, with the step at which they chose it. */
  readonly #ofBook = new Map<string, Map<string, number>>();
  readonly #degree = new Map<string, number>();
  readonly #touched = new Set<string>();

  /** Choices before this time do not count as lately. */
  #latelyFrom = -Infinity;
  /** Nearness by steps. */
  readonly #nearness: number[];

  constructor(settings: EngineSettings) {
    this.#settings = settings;
    this.#nearness = Array.from({ length: settings.history }, (_, steps) => nearness(steps, settings));
  }

  /** Sets a reader's rows and touches the books whose lists may change. */
  set(reader: string, rows: Interaction[]): void {
    const before = this.#ofReader.get(reader) ?? { books: [], steps: [], times: [], weight: 0 };
    const paired = pairedBooks(tastesOf(rows), this.#settings);
    const [books, steps] = [paired.map(({ book }) => book), paired.map(({ step }) => step)];
    const weight = readerWeight(books.length, this.#settings);
    const times = paired.map(({ time }) => time);
    if (times.length !== before.times.length || times.some((time, at) => time !== before.times[at])) this.touch(LATELY);
    if (times.length > 0) this.#ofReader.set(reader, { books, steps, times, weight });
    else this.#ofReader.delete(reader);
    const isSame = books.length === before.books.length &&
      books.every((book, at) => book === before.books[at] && steps[at] === before.steps[at]);
    if (isSame) return;
    for (const book of before.books) this.#leave(book, reader, before.weight);
    for (const [at, book] of books.entries()) this.#join(book, { reader, step: steps[at]!, weight });
  }

  /** Marks the book's list to be made again. */
  touch(book: string): void {
    this.#touched.add(book);
  }

  /** Returns up to `limit` touched books and clears their marks. */
  takeTouched(limit: number): string[] {
    const taken: string[] = [];
    for (const book of this.#touched) {
      if (taken.length === limit) break;
      taken.push(book);
    }
    for (const book of taken) this.#touched.delete(book);
    return taken;
  }

  /** Makes a book's list from the readers who chose it. */
  list(book: string): NeighbourList {
    if (book === LATELY) return { book, readers: this.#ofReader.size, neighbours: this.#lately() };
    const together = new Map<string, number>();
    const readers = this.#ofBook.get(book) ?? new Map<string, number>();
    for (const [reader, own] of readers) {
      const { books, steps, weight } = this.#ofReader.get(reader)!;
      for (let at = 0; at < books.length; at++) {
        const units = Math.round(weight * this.#nearness[Math.abs(steps[at]! - own)]!);
        together.set(books[at]!, (together.get(books[at]!) ?? 0) + units);
      }
    }
    const neighbours = nearest(book, together, (other) => this.#degreeOf(other), this.#settings);
    return { book, readers: readers.size, neighbours };
  }

  /** The other books whose lists depend on the number of readers of these: those that their readers also chose. */
  beside(books: string[]): string[] {
    const readers = new Set<string>();
    for (const book of books) for (const reader of this.#ofBook.get(book)?.keys() ?? []) readers.add(reader);
    const others = new Set<string>();
    for (const reader of readers) for (const other of this.#ofReader.get(reader)!.books) others.add(other);
    for (const book of books) others.delete(book);
    return [...others];
  }

  /** What was chosen lately. The bar of the last time passes over most readers at once. */
  #lately(): Neighbour[] {
    let choices = this.#choicesFrom(this.#latelyFrom);
    // Choices that were taken back may have been the newest.
    if (latelyFrom(choices.map(({ time }) => time)) === -Infinity) choices = this.#choicesFrom(-Infinity);
    this.#latelyFrom = latelyFrom(choices.map(({ time }) => time));
    return chosenLately(choices);
  }

  #choicesFrom(since: number): { book: string; time: number }[] {
    const choices: { book: string; time: number }[] = [];
    for (const { books, times } of this.#ofReader.values()) {
      for (let at = 0; at < books.length && times[at]! >= since; at++) {
        choices.push({ book: books[at]!, time: times[at]! });
      }
    }
    return choices;
  }

  #degreeOf(book: string): Degree {
    return { readers: this.#ofBook.get(book)?.size ?? 0, units: this.#degree.get(book) ?? 0 };
  }

  #join(book: string, { reader, step, weight }: { reader: string; step: number; weight: number }): void {
    const readers = this.#ofBook.get(book) ?? new Map<string, number>();
    this.#ofBook.set(book, readers.set(reader, step));
    this.#degree.set(book, (this.#degree.get(book) ?? 0) + weight);
    this.#touched.add(book);
  }

  #leave(book: string, reader: string, weight: number): void {
    this.#ofBook.get(book)?.delete(reader);
    this.#degree.set(book, (this.#degree.get(book) ?? 0) - weight);
    this.#touched.add(book);
  }
}
