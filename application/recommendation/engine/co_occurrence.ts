import { ARRIVALS, newArrivals, SHOP_LISTS } from "@/domain/recommendation/arrivals.ts";
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
  pairableBooks,
  readerWeight,
  similarity,
  steppedDegree,
} from "@/domain/recommendation/neighbours.ts";
import type { NeighbourList } from "@/application/recommendation/ports.ts";

/** A reader's books as numbers, in the order of their steps, and the weight of a pair of them. */
type Chosen = { books: number[]; steps: number[]; times: number[]; weight: number };
/**
 * A book, its degree, its stepped degree, and the readers who chose it, each with their step. `isMoved`: the stepped degree has
 * changed since `beside` was last called.
 */
type Book = Degree & { id: string; stepped: Degree; isMoved: boolean; chosenBy: Map<Chosen, number> };

const NO_DEGREE: Degree = { readers: 0, units: 0 };

type Nearness = Pick<EngineSettings, "source" | "target" | "shrink" | "keep">;

/** The engine's in-memory model of who chose which books. It equals the stored rows. */
export class CoOccurrence {
  readonly #settings: EngineSettings;
  readonly #ofReader = new Map<string, Chosen>();
  readonly #books: Book[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #touched = new Set<string>();
  /** By book number: its co-occurrence, in units, with the book whose list is being computed. All 0 between two lists. */
  #together = new Float64Array(1024);

  /** The newest choices, until some reader's choices change: all lists of the shop are computed from them. */
  #newest: { book: string; time: number }[] | undefined;
  /** Choices before this time are too old for the list of recent choices. */
  #latelyFrom = -Infinity;
  /** `nearness` by difference of steps, from the most negative to the most positive. */
  readonly #nearness: number[];

  constructor(settings: EngineSettings) {
    this.#settings = settings;
    this.#nearness = Array.from(
      { length: 2 * settings.history },
      (_, at) => nearness(at - settings.history, settings),
    );
  }

  /** How many readers chose at least one book. */
  get readers(): number {
    return this.#ofReader.size;
  }

  /** Replaces a reader's rows and touches the books whose lists may change. */
  set(reader: string, rows: Interaction[]): void {
    const chosen = this.#ofReader.get(reader) ?? { books: [], steps: [], times: [], weight: 0 };
    const paired = pairableBooks(tastesOf(rows), this.#settings);
    const books = paired.map(({ book }) => this.#numberOf(book));
    const [steps, times] = [paired.map(({ step }) => step), paired.map(({ time }) => time)];
    const areBooksSame = isSame(books, chosen.books);
    if (!areBooksSame || !isSame(times, chosen.times)) {
      this.#newest = undefined;
      for (const list of SHOP_LISTS) this.touch(list);
    }
    chosen.times = times;
    if (times.length > 0) this.#ofReader.set(reader, chosen);
    else this.#ofReader.delete(reader);
    if (areBooksSame && isSame(steps, chosen.steps)) return;
    const [before, staying] = [new Set(chosen.books), new Set(books)];
    for (const book of chosen.books) this.#leave(book, chosen, staying.has(book));
    chosen.books = books;
    chosen.steps = steps;
    chosen.weight = readerWeight(books.length, this.#settings);
    for (const [at, book] of books.entries()) this.#join(book, chosen, steps[at]!);
    for (const book of staying.union(before)) this.#step(book);
  }

  /** Marks the book's list for a refresh. */
  touch(book: string): void {
    this.#touched.add(book);
  }

  /** Returns the touched books and clears their marks. */
  takeTouched(): string[] {
    const taken = [...this.#touched];
    this.#touched.clear();
    return taken;
  }

  /** Clears all marks. Call it when all stored lists equal those of the model. */
  clearChanges(): void {
    this.#touched.clear();
    for (const book of this.#books) book.isMoved = false;
  }

  /** Computes a book's list. `settings`: those of the similarity, which may differ from the model's own. */
  list(id: string, settings: Nearness = this.#settings): NeighbourList {
    if (id === LATELY) return { book: id, readers: this.readers, neighbours: chosenLately(this.#newestChoices()) };
    if (id === ARRIVALS) return { book: id, readers: this.readers, neighbours: this.#arrivals() };
    const number = this.#numbers.get(id);
    if (number === undefined) return { book: id, readers: 0, neighbours: [] };
    const own = this.#books[number]!;
    const others = this.#addTogether(number);
    const similarities = Float64Array.from(
      others,
      (other) => similarity(this.#together[other]!, own, this.#books[other]!.stepped, settings),
    );
    for (const other of others) this.#together[other] = 0;
    const neighbours = nearest(similarities, (at) => this.#books[others[at]!]!.id, settings.keep);
    return { book: id, readers: own.readers, neighbours };
  }

  /**
   * Yields, per reader of these books, all books that the reader chose: their lists depend on the degrees of these books. Without
   * `all`, skips books whose stepped degree is the same as at the last call.
   */
  *beside(ids: string[], all: boolean): Generator<string[]> {
    const readers = new Set<Chosen>();
    for (const id of ids) {
      const number = this.#numbers.get(id);
      const book = number === undefined ? undefined : this.#books[number];
      if (book === undefined || !(all || book.isMoved)) continue;
      book.isMoved = false;
      for (const chosen of book.chosenBy.keys()) {
        if (readers.has(chosen)) continue;
        readers.add(chosen);
        yield chosen.books.map((book) => this.#books[book]!.id);
      }
    }
  }

  /** Sums the co-occurrence of each other book with this one. Returns the numbers of the books that have any. */
  #addTogether(number: number): number[] {
    if (this.#together.length < this.#books.length) this.#together = new Float64Array(2 * this.#books.length);
    const together = this.#together;
    const others: number[] = [];
    const { history } = this.#settings;
    for (const [{ books, steps, weight }, own] of this.#books[number]!.chosenBy) {
      for (let at = 0; at < books.length; at++) {
        const units = Math.round(weight * this.#nearness[history + own - steps[at]!]!);
        const other = books[at]!;
        if (units === 0 || other === number) continue;
        if (together[other] === 0) others.push(other);
        together[other]! += units;
      }
    }
    return others;
  }

  #arrivals(): Neighbour[] {
    return newArrivals(this.#newestChoices(), (book) => this.#books[this.#numbers.get(book)!]!.readers);
  }

  /** Returns the choices that may count as recent. The threshold of the last call skips most readers at once. */
  #newestChoices(): { book: string; time: number }[] {
    if (this.#newest !== undefined) return this.#newest;
    let choices = this.#choicesFrom(this.#latelyFrom);
    let since = latelyFrom(choices);
    // If revoked choices were among the newest, older ones count again.
    if (since === -Infinity && this.#latelyFrom > -Infinity) {
      choices = this.#choicesFrom(-Infinity);
      since = latelyFrom(choices);
    }
    this.#latelyFrom = since;
    return this.#newest = choices;
  }

  #choicesFrom(since: number): { book: string; time: number }[] {
    const choices: { book: string; time: number }[] = [];
    for (const { books, times } of this.#ofReader.values()) {
      for (let at = 0; at < books.length && times[at]! >= since; at++) {
        choices.push({ book: this.#books[books[at]!]!.id, time: times[at]! });
      }
    }
    return choices;
  }

  #numberOf(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number =
      this.#books.push({ id, readers: 0, units: 0, stepped: NO_DEGREE, isMoved: false, chosenBy: new Map() }) - 1;
    this.#numbers.set(id, number);
    return number;
  }

  #step(number: number): void {
    const book = this.#books[number]!;
    const stepped = steppedDegree(book);
    book.isMoved ||= stepped.readers !== book.stepped.readers || stepped.units !== book.stepped.units;
    book.stepped = stepped;
  }

  #join(number: number, chosen: Chosen, step: number): void {
    const book = this.#books[number]!;
    book.chosenBy.set(chosen, step);
    book.readers = book.chosenBy.size;
    book.units += chosen.weight;
    this.#touched.add(book.id);
  }

  /** `stays`: the reader joins the book again at once, which is cheaper if the entry is kept. */
  #leave(number: number, chosen: Chosen, stays: boolean): void {
    const book = this.#books[number]!;
    if (!stays) book.chosenBy.delete(chosen);
    book.readers = book.chosenBy.size;
    book.units -= chosen.weight;
    this.#touched.add(book.id);
  }
}

const isSame = (some: number[], others: number[]): boolean =>
  some.length === others.length && some.every((one, at) => one === others[at]);
