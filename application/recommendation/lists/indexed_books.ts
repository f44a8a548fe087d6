import { BookIndex, type IndexedBook } from "@/domain/recommendation/book_index.ts";
import { type IndexedNeighbours, NO_NEIGHBOURS } from "@/domain/recommendation/parts.ts";
import { KeptByKey } from "@/application/shared/concurrency/kept_by_key.ts";
import type { BookReader, NeighbourList } from "@/application/recommendation/ports.ts";

/** Candidates per feature. */
const PER_FEATURE = 30;
/** Entries of a kind: about 50 MB of books. */
const MOST = 50_000;

type Kept = IndexedNeighbours & {
  /** The number of nearest neighbours whose facts have been read. */
  read: number;
};

/** A cache of indexed books and neighbour lists. Each book is read once; after a change of books a new cache is made. */
export class IndexedBooks {
  readonly index = new BookIndex();
  readonly #reader: BookReader;
  /** By number: 1 if the book was read, even if it does not exist. */
  readonly #isRead: number[] = [];
  /** By number: the work, null for a book of which none is known. */
  readonly #works: (string | null)[] = [];
  readonly #found = new Map<string, number[]>();
  /** By a book's number: the books of each of its features. */
  readonly #alikeOf: number[][][] = [];
  readonly #lists: KeptByKey<Kept>;
  #popular = new Map<number, Promise<number[]>>();

  constructor(reader: BookReader) {
    this.#reader = reader;
    this.#lists = new KeptByKey(async (ids) =>
      new Map((await reader.neighbours(ids)).map((list) => [list.book, this.#indexed(list)]))
    );
  }

  get isFull(): boolean {
    return Math.max(this.index.size, this.#found.size) > MOST;
  }

  /** Forgets the neighbour lists of these books, or all, and which books are popular. The facts of books are kept. */
  forgetLists(books?: string[]): void {
    this.#lists.forget(books);
    this.#popular = new Map();
  }

  /** The known books of these ids, in their order. */
  async books(ids: string[]): Promise<IndexedBook[]> {
    const numbers = ids.map((id) => this.index.numberOf(id));
    await this.#read(numbers);
    return numbers.flatMap((number) => this.index.book(number) ?? []);
  }

  /** The works of these books, also of removed ones. */
  async works(ids: string[]): Promise<Set<string>> {
    const numbers = ids.map((id) => this.index.numberOf(id));
    const missing = ids.filter((_, at) => this.#works[numbers[at]!] === undefined);
    if (missing.length > 0) {
      const found = new Map((await this.#reader.works(missing)).map(({ book, work }) => [book, work]));
      for (const id of missing) this.#works[this.index.numberOf(id)] = found.get(id) ?? null;
    }
    const works = new Set<string>();
    for (const number of numbers) {
      const work = this.#works[number];
      if (work) works.add(work);
    }
    return works;
  }

  /** The neighbours of each book that has a list. The facts of the `nearest` first ones are read. */
  async neighbours(ids: string[], nearest: number): Promise<Map<string, IndexedNeighbours>> {
    const found = await this.#lists.get(ids);
    for (const list of found.values()) {
      if (list.read >= Math.min(nearest, list.books.length)) continue;
      await this.#read(list.books.slice(0, nearest));
      list.read = nearest;
    }
    return found;
  }

  /** All neighbours of a book; none where it has no list. */
  async allNeighbours(id: string): Promise<IndexedNeighbours> {
    return (await this.neighbours([id], Infinity)).get(id) ?? NO_NEIGHBOURS;
  }

  /** The most popular books of each feature of these books, each feature once. Their lists may overlap. */
  async alike(books: IndexedBook[]): Promise<number[][]> {
    const missing = books.filter(({ number }) => this.#alikeOf[number] === undefined);
    if (missing.length > 0) {
      const features = [...new Set(missing.flatMap((book) => book.features))];
      const found = await this.#foundBy(features);
      for (const book of missing) this.#alikeOf[book.number] = book.features.map((feature) => found.get(feature)!);
    }
    return [...new Set(books.flatMap(({ number }) => this.#alikeOf[number]!))];
  }

  /** Of each feature its most popular books. */
  async #foundBy(features: string[]): Promise<Map<string, number[]>> {
    const missing = features.filter((feature) => !this.#found.has(feature));
    if (missing.length > 0) {
      const found = await this.#reader.withFeatures(missing, PER_FEATURE);
      const numbers = missing.map((feature) => (found.get(feature) ?? []).map((id) => this.index.numberOf(id)));
      await this.#read(numbers.flat());
      missing.forEach((feature, at) => this.#found.set(feature, numbers[at]!));
    }
    return this.#found;
  }

  /** Those who ask while it is read share the read. */
  popular(limit: number): Promise<number[]> {
    const kept = this.#popular;
    const known = kept.get(limit);
    if (known !== undefined) return known;
    const reading = this.#readPopular(limit);
    kept.set(limit, reading);
    reading.catch(() => kept.delete(limit));
    return reading;
  }

  async #readPopular(limit: number): Promise<number[]> {
    const numbers = (await this.#reader.popular(limit)).map(({ book }) => this.index.numberOf(book));
    await this.#read(numbers);
    return numbers;
  }

  #indexed({ readers, neighbours }: NeighbourList): Kept {
    const books = neighbours.map(({ book }) => this.index.numberOf(book));
    return { books, similarities: neighbours.map(({ similarity }) => similarity), readers, read: 0 };
  }

  /** Reads the facts of books that were not read before. */
  async #read(numbers: number[]): Promise<void> {
    const missing = new Set(numbers.filter((number) => this.#isRead[number] !== 1));
    if (missing.size === 0) return;
    const ids = [...missing].map((number) => this.index.idOf(number));
    for (const facts of await this.#reader.facts(ids)) this.index.put(facts);
    for (const number of missing) this.#isRead[number] = 1;
  }
}
