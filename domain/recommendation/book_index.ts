import { type BookFacts, boost, featuresOf, namesOf } from "./likeness.ts";
import { PackedNames } from "./packed_names.ts";

/** A book with its facts, its features, and the index numbers of its authors and series. */
export type IndexedBook = { number: number; facts: BookFacts; features: string[]; authors: number[]; series: number[] };

/** Maps book ids and names to consecutive numbers, so that thousands of candidates are looked up in arrays instead of maps. */
export class BookIndex {
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #books: (IndexedBook | undefined)[] = [];
  /** The packed names of books, by book number. */
  readonly packed = new PackedNames();

  /** How many books have a number. */
  get size(): number {
    return this.#ids.length;
  }

  /** How many names have a number. */
  get names(): number {
    return this.#names.size;
  }

  /** Returns the number of a book. Assigns one on first use, even before the book's facts are known. */
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

  /** Returns the number of a book, or undefined if none is assigned. */
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

  /** Adds the facts of a book. Call it once per book. */
  put(facts: BookFacts): void {
    const number = this.numberOf(facts.id);
    const names = namesOf(facts);
    const authors = this.#namesOf("author", names.authors);
    const subjects = this.#namesOf("subject", names.subjects);
    const series = this.#namesOf("series", names.series === undefined ? [] : [names.series]);
    const language = this.#namesOf("language", facts.language === undefined ? [] : [facts.language])[0];
    this.#books[number] = { number, facts, features: featuresOf(facts), authors, series };
    this.packed.put(number, { authors, series, subjects, language, year: facts.year, boost: boost(facts) });
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
