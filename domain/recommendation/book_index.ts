import { type BookFacts, boost, featuresOf, namesOf } from "./likeness.ts";
import { PackedNames } from "./packed_names.ts";

/** A book as lists are made of: its facts, what it is found by, and the numbers of its authors and its series. */
export type IndexedBook = { number: number; facts: BookFacts; features: string[]; authors: number[]; series: number[] };

/** Books and their names by small whole numbers, so that a list looks thousands of candidates up in arrays, not by their text. */
export class BookIndex {
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #books: (IndexedBook | undefined)[] = [];
  /** What books are compared by, by their numbers. */
  readonly packed = new PackedNames();

  /** How many numbers are given to books. */
  get size(): number {
    return this.#ids.length;
  }

  /** How many numbers are given to names. */
  get names(): number {
    return this.#names.size;
  }

  /** The number of a book, also of one whose facts are not known. */
  numberOf(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#ids.push(id) - 1;
    this.#books.push(undefined);
    this.#numbers.set(id, number);
    return number;
  }

  idOf(number: number): string {
    return this.#ids[number]!;
  }

  /** The number of a book that has one. */
  find(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  book(number: number): IndexedBook | undefined {
    return this.#books[number];
  }

  bookOf(id: string): IndexedBook | undefined {
    const number = this.#numbers.get(id);
    return number === undefined ? undefined : this.#books[number];
  }

  /** A book is put once. */
  put(facts: BookFacts): void {
    const number = this.numberOf(facts.id);
    const names = namesOf(facts);
    const authors = this.#namesOf("author", names.authors);
    const subjects = this.#namesOf("subject", names.subjects);
    const series = this.#namesOf("series", names.series === undefined ? [] : [names.series]);
    const language = this.#namesOf("language", facts.language === undefined ? [] : [facts.language])[0];
    this.#books[number] = { number, facts, features: featuresOf(facts), authors, series };
    this.packed.put(number, { authors, series, subjects, language, boost: boost(facts) });
  }

  #namesOf(kind: string, names: string[]): number[] {
    return names.map((name) => {
      const text = `${kind} ${name}`;
      const known = this.#names.get(text) ?? this.#names.size;
      this.#names.set(text, known);
      return known;
    });
  }
}
