import { BookIndex, type IndexedBook } from "@/domain/recommendation/book_index.ts";
import { type IndexedNeighbours, NO_NEIGHBOURS } from "@/domain/recommendation/parts.ts";
import { KeptByKey } from "@/application/shared/concurrency/kept_by_key.ts";
import type { BookReader, NeighbourList } from "@/application/recommendation/ports.ts";

/** The most candidates per feature. */
const PER_FEATURE = 30;
/** The most entries of each kind: about 50 MB of books. */
const MOST = 50_000;

type Kept = IndexedNeighbours & {
  /** The number of nearest neighbours whose facts have been read. */
  read: number;
};

/** A cache of indexed books and neighbour lists. Each book is read once; after a change of books a new cache is made. */
export class IndexedBooks {
  readonly index = new BookIndex();
  readonly #reader: BookReader;
  /** By book number: 1 if the book was read, even if it does not exist. */
  readonly #isRead: number[] = [];
  /** By book number: the work, or null if none is known. */
  readonly #works: (string | null)[] = [];
  readonly #found = new Map<string, number[]>();
  /** By book number: the most popular books of each of its features. */
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

  /** Drops the neighbour lists of these books, or all, and the popular books. Keeps the facts of books. */
  forgetLists(books?: string[]): void {
    this.#lists.forget(books);
    this.#popular = new Map();
  }

  /** Returns the books that exist among these ids, in their order. */
  async books(ids: string[]): Promise<IndexedBook[]> {
    const numbers = ids.map((id) => this.index.numberOf(id));
    await this.#read(numbers);
    return numbers.flatMap((number) => this.index.book(number) ?? []);
  }

  /** Returns the works of these books, including removed ones. */
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

  /** Returns the neighbours of each book that has a list. Reads the facts of the first `nearest` of each. */
  async neighbours(ids: string[], nearest: number): Promise<Map<string, IndexedNeighbours>> {
    const found = await this.#lists.get(ids);
    for (const list of found.values()) {
      if (list.read >= Math.min(nearest, list.books.length)) continue;
      await this.#read(list.books.slice(0, nearest));
      list.read = nearest;
    }
    return found;
  }

  /** Returns all neighbours of a book, or none if it has no list. */
  async allNeighbours(id: string): Promise<IndexedNeighbours> {
    return (await this.neighbours([id], Infinity)).get(id) ?? NO_NEIGHBOURS;
  }

  /** Returns the most popular books of each distinct feature of these books. The lists may overlap. */
  async alike(books: IndexedBook[]): Promise<number[][]> {
    const missing = books.filter(({ number }) => this.#alikeOf[number] === undefined);
    if (missing.length > 0) {
      const features = [...new Set(missing.flatMap((book) => book.features))];
      const found = await this.#foundBy(features);
      for (const book of missing) this.#alikeOf[book.number] = book.features.map((feature) => found.get(feature)!);
    }
    return [...new Set(books.flatMap(({ number }) => this.#alikeOf[number]!))];
  }

  /** Returns the most popular books of each feature. */
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

  /** Returns the most popular books. Concurrent calls share one read. */
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

  /** Reads the facts of the books that are not cached. */
  async #read(numbers: number[]): Promise<void> {
    const missing = new Set(numbers.filter((number) => this.#isRead[number] !== 1));
    if (missing.size === 0) return;
    const ids = [...missing].map((number) => this.index.idOf(number));
    for (const facts of await this.#reader.facts(ids)) this.index.put(facts);
    for (const number of missing) this.#isRead[number] = 1;
  }
}
