import { type Interaction, tastesOf } from "@/domain/recommendation/interaction.ts";
import {
  type Degree,
  type EngineSettings,
  nearest,
  pairedBooks,
  readerWeight,
} from "@/domain/recommendation/neighbours.ts";
import type { NeighbourList } from "./ports.ts";

/** The engine's model of who chose which books, in memory, equal to the stored rows. */
export class CoOccurrence {
  readonly #settings: EngineSettings;
  readonly #ofReader = new Map<string, { books: string[]; weight: number }>();
  readonly #ofBook = new Map<string, Set<string>>();
  readonly #degree = new Map<string, number>();
  readonly #touched = new Set<string>();

  constructor(settings: EngineSettings) {
    this.#settings = settings;
  }

  /** Sets a reader's rows and touches the books whose lists may change. */
  set(reader: string, rows: Interaction[]): void {
    const before = this.#ofReader.get(reader) ?? { books: [], weight: 0 };
    const books = pairedBooks(tastesOf(rows), this.#settings).map((taste) => taste.book).sort();
    const weight = readerWeight(books.length, this.#settings);
    if (books.length === before.books.length && books.every((book, at) => book === before.books[at])) return;
    for (const book of before.books) this.#leave(book, reader, before.weight);
    for (const book of books) this.#join(book, reader, weight);
    if (books.length === 0) this.#ofReader.delete(reader);
    else this.#ofReader.set(reader, { books, weight });
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
    const together = new Map<string, number>();
    const readers = this.#ofBook.get(book) ?? new Set<string>();
    for (const reader of readers) {
      const { books, weight } = this.#ofReader.get(reader)!;
      for (const other of books) together.set(other, (together.get(other) ?? 0) + weight);
    }
    const neighbours = nearest(book, together, (other) => this.#degreeOf(other), this.#settings);
    return { book, readers: readers.size, neighbours };
  }

  /** The other books whose lists depend on the number of readers of these: those that their readers also chose. */
  beside(books: string[]): string[] {
    const readers = new Set<string>();
    for (const book of books) for (const reader of this.#ofBook.get(book) ?? []) readers.add(reader);
    const others = new Set<string>();
    for (const reader of readers) for (const other of this.#ofReader.get(reader)!.books) others.add(other);
    for (const book of books) others.delete(book);
    return [...others];
  }

  #degreeOf(book: string): Degree {
    return { readers: this.#ofBook.get(book)?.size ?? 0, units: this.#degree.get(book) ?? 0 };
  }

  #join(book: string, reader: string, weight: number): void {
    const readers = this.#ofBook.get(book) ?? new Set<string>();
    this.#ofBook.set(book, readers.add(reader));
    this.#degree.set(book, (this.#degree.get(book) ?? 0) + weight);
    this.#touched.add(book);
  }

  #leave(book: string, reader: string, weight: number): void {
    this.#ofBook.get(book)?.delete(reader);
    this.#degree.set(book, (this.#degree.get(book) ?? 0) - weight);
    this.#touched.add(book);
  }
}
