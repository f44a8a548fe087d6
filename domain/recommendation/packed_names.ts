/** The properties of a book that are compared, as index numbers. `year`: undefined if unknown. */
type BookNames = {
  authors: number[];
  series: number[];
  subjects: number[];
  language: number | undefined;
  year: number | undefined;
  boost: number;
};

/** Stands for a missing language. */
const NONE = -1;

/**
 * The names of all books in one array, because reading memory dominates the comparison of thousands of candidates. The record of
 * a book: the number of its authors, series and subjects, its language, then the numbers of all of these names.
 */
export class PackedNames {
  /** By book number: where the book's record starts, or 0 for an unknown book. */
  starts: Int32Array = new Int32Array(1024);
  pieces: Int32Array = new Int32Array(16_384);
  boosts: Float64Array = new Float64Array(1024);
  /** By book number: the year of publication, or 0 if unknown. */
  years: Int32Array = new Int32Array(1024);
  #end = 1;

  has(number: number): boolean {
    return this.starts[number]! > 0;
  }

  put(number: number, { authors, series, subjects, language, year, boost }: BookNames): void {
    const piece = [
      authors.length,
      series.length,
      subjects.length,
      language ?? NONE,
      ...authors,
      ...series,
      ...subjects,
    ];
    this.starts = grown(this.starts, number + 1);
    this.boosts = grown(this.boosts, number + 1);
    this.years = grown(this.years, number + 1);
    this.pieces = grown(this.pieces, this.#end + piece.length);
    this.starts[number] = this.#end;
    this.boosts[number] = boost;
    this.years[number] = year ?? 0;
    this.pieces.set(piece, this.#end);
    this.#end += piece.length;
  }
}

/** Returns a copy of the array with at least this length. */
function grown<Numbers extends Int32Array | Float64Array>(array: Numbers, length: number): Numbers {
  if (length <= array.length) return array;
  const more = new (array.constructor as new (length: number) => Numbers)(Math.max(length, 2 * array.length));
  more.set(array);
  return more;
}
