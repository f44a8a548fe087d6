import type { BookIndex } from "./book_index.ts";
import { degreeOf } from "./likeness.ts";

/** Content similarity of candidates to a set of books, by series, author and subject. Books are given by their index numbers. */
export interface Alike {
  /** Returns `Σ weight · degree · boost` over the compared books, without the book itself. */
  points(book: number): number;
  /** Returns the similarity to each compared book, 0..1, in their order. The array is reused by the next call. */
  degrees(book: number): ArrayLike<number>;
}

/** The most books to compare with. Each is one bit of a 32-bit integer. */
const MOST_COMPARED = 31;

/** Prepares the comparison with these books, given by id. Only the first 31 count. */
export function compareWith(compared: { book: string; weight: number }[], index: BookIndex): Alike {
  const { starts, pieces, boosts } = index.packed;
  const own = compared.slice(0, MOST_COMPARED).map(({ book, weight }) => {
    const number = index.find(book) ?? -1;
    const start = starts[number] ?? 0;
    return { number, weight, start, subjects: pieces[start + 2]!, language: pieces[start + 3]! };
  });
  const having = havingNames(own, index);
  const subjects = new Uint16Array(own.length);
  const degrees = new Float64Array(own.length);

  /** Sets the degree of each compared book that shares a name with this book, and returns these books as a bit mask. */
  function compare(book: number): number {
    const start = starts[book]!;
    if (start === 0) return 0;
    const authorsEnd = start + 4 + pieces[start]!;
    const seriesEnd = authorsEnd + pieces[start + 1]!;
    const end = seriesEnd + pieces[start + 2]!;
    let [byAuthor, bySeries, bySubject] = [0, 0, 0];
    let at = start + 4;
    for (; at < authorsEnd; at++) byAuthor |= having[pieces[at]!]!;
    for (; at < seriesEnd; at++) bySeries |= having[pieces[at]!]!;
    for (; at < end; at++) {
      const those = having[pieces[at]!]!;
      bySubject |= those;
      for (let left = those; left !== 0; left &= left - 1) subjects[placeOf(left)]!++;
    }
    const shared = byAuthor | bySeries | bySubject;
    for (let left = shared; left !== 0; left &= left - 1) {
      const place = placeOf(left);
      const its = own[place]!;
      const both = subjects[place]!;
      subjects[place] = 0;
      const series = (bySeries & (1 << place)) !== 0;
      const author = (byAuthor & (1 << place)) !== 0;
      const union = its.subjects + pieces[start + 2]! - both;
      degrees[place] = degreeOf(series, author, both, union, isOther(its.language, pieces[start + 3]!));
    }
    return shared;
  }

  return {
    points(book) {
      let sum = 0;
      for (let left = compare(book); left !== 0; left &= left - 1) {
        const place = placeOf(left);
        const { number, weight } = own[place]!;
        if (number !== book) sum += weight * degrees[place]!;
      }
      return sum === 0 ? 0 : sum * boosts[book]!;
    },
    degrees(book) {
      degrees.fill(0);
      compare(book);
      return degrees;
    },
  };
}

/** Returns for each name a bit mask of the compared books that have it. */
function havingNames(own: { start: number }[], { packed: { pieces }, names }: BookIndex): Int32Array {
  const having = new Int32Array(names);
  own.forEach(({ start }, place) => {
    if (start === 0) return;
    const end = start + 4 + pieces[start]! + pieces[start + 1]! + pieces[start + 2]!;
    for (let at = start + 4; at < end; at++) having[pieces[at]!]! |= 1 << place;
  });
  return having;
}

/** Returns the position of the lowest set bit. */
const placeOf = (bits: number): number => 31 - Math.clz32(bits & -bits);

const isOther = (a: number, b: number): boolean => a >= 0 && b >= 0 && a !== b;
