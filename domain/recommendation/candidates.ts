/** The distinct candidates of a list, as index numbers. A candidate's place is its position here; arrays of points use it as index. */
export class Candidates {
  readonly #numbers: number[] = [];
  /** By book number: the place plus one, or 0 for a book that is no candidate. */
  readonly #places: Int32Array;

  /** `most`: the number of books in the index. */
  constructor(most: number) {
    this.#places = new Int32Array(most);
  }

  get size(): number {
    return this.#numbers.length;
  }

  /** Adds the first `most` of these books. Ignores duplicates. */
  add(numbers: readonly number[], most = numbers.length): void {
    const end = Math.min(most, numbers.length);
    for (let at = 0; at < end; at++) {
      const number = numbers[at]!;
      if (this.#places[number] === 0) this.#places[number] = this.#numbers.push(number);
    }
  }

  numberAt(place: number): number {
    return this.#numbers[place]!;
  }

  /** Returns the place of a candidate, or -1 for a book that is no candidate. */
  placeOf(number: number): number {
    return this.#places[number]! - 1;
  }
}
