/** The candidates of a list, each once, by their numbers in an index. Arrays of points are indexed by their places. */
export class Candidates {
  readonly #numbers: number[] = [];
  /** By number: the place plus one, 0 for none. */
  readonly #places: Int32Array;

  /** `most`: the size of the index. */
  constructor(most: number) {
    this.#places = new Int32Array(most);
  }

  get size(): number {
    return this.#numbers.length;
  }

  /** Adds the first `most` of these books. */
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

  /** The place of a candidate; below 0 for another book. */
  placeOf(number: number): number {
    return this.#places[number]! - 1;
  }
}
