import { BookIndex, type IndexedBook } from "@/domain/recommendation/book_index.ts";
import type { IndexedNeighbours } from "@/domain/recommendation/parts.ts";
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
  readonly #works = new Map<string, string | undefined>();
  readonly #found = new Map<string, number[]>();
  /** By a book's number: the books of each of its features. */
  readonly #alikeOf: number[][][] = [];
  #lists = new Map<string, Kept | undefined>();
  #popular = new Map<number, number[]>();

  constructor(reader: BookReader) {
    this.#reader = reader;
  }

  get isFull(): boolean {
    return Math.max(this.index.size, this.#works.size, this.#found.size) > MOST;
  }

  /** Forgets neighbour lists and popular books, and keeps the facts of books. */
  forgetLists(): void {
    this.#lists = new Map();
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
    const missing = ids.filter((id) => !this.#works.has(id));
    if (missing.length > 0) {
      const found = new Map((await this.#reader.works(missing)).map(({ book, work }) => [book, work]));
      for (const id of missing) this.#works.set(id, found.get(id));
    }
    const works = new Set<string>();
    for (const id of ids) {
      const work = this.#works.get(id);
      if (work !== undefined) works.add(work);
    }
    return works;
  }

  /** The neighbours of each book that has a list. The facts of the `nearest` first ones are read. */
  async neighbours(ids: string[], nearest: number): Promise<Map<string, IndexedNeighbours>> {
    const lists = this.#lists;
    const missing = ids.filter((id) => !lists.has(id));
    if (missing.length > 0) {
      const read = new Map((await this.#reader.neighbours(missing)).map((list) => [list.book, this.#indexed(list)]));
      for (const id of missing) lists.set(id, read.get(id));
    }
    const found = new Map<string, IndexedNeighbours>();
    for (const id of ids) {
      const list = lists.get(id);
      if (list === undefined) continue;
      if (list.read < Math.min(nearest, list.books.length)) {
        await this.#read(list.books.slice(0, nearest));
        list.read = nearest;
      }
      found.set(id, list);
    }
    return found;
  }

  /** All neighbours of a book; none where it has no list. */
  async allNeighbours(id: string): Promise<IndexedNeighbours> {
    return (await this.neighbours([id], Infinity)).get(id) ?? { books: [], similarities: [] };
  }

  /** The most popular books of each feature of these books. Their lists may overlap. */
  async alike(books: IndexedBook[]): Promise<number[][]> {
    const missing = books.filter(({ number }) => this.#alikeOf[number] === undefined);
    if (missing.length > 0) {
      const features = [...new Set(missing.flatMap((book) => book.features))];
      const found = await this.#foundBy(features);
      for (const book of missing) this.#alikeOf[book.number] = book.features.map((feature) => found.get(feature)!);
    }
    return books.flatMap(({ number }) => this.#alikeOf[number]!);
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

  async popular(limit: number): Promise<number[]> {
    const known = this.#popular.get(limit);
    if (known !== undefined) return known;
    const popular = this.#popular;
    const numbers = (await this.#reader.popular(limit)).map(({ book }) => this.index.numberOf(book));
    await this.#read(numbers);
    popular.set(limit, numbers);
    return numbers;
  }

  #indexed({ neighbours }: NeighbourList): Kept {
    const books = neighbours.map(({ book }) => this.index.numberOf(book));
    return { books, similarities: neighbours.map(({ similarity }) => similarity), read: 0 };
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
