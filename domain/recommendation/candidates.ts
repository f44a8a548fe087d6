/** Books that a list may show, each once, by their numbers in an index; points of theirs stand in arrays by their places here. */
export class Candidates {
  readonly #numbers: number[] = [];
  /** By number: the place, plus one. */
  readonly #places: Int32Array;

  /** `most`: above the numbers of all books. */
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
