import type { BookIndex } from "./book_index.ts";
import { degreeOf } from "./likeness.ts";

/** How alike books are to those that they are compared with, by series, author or subject. Books are numbers of an index. */
export interface Alike {
  /** `Σ weight · degree · boost` over the compared books but itself. */
  points(book: number): number;
  /** By the places of the compared books: how alike each is, 0..1. Valid until the next call. */
  degrees(book: number): ArrayLike<number>;
}

/** The compared books are the bits of one number. */
const MOST_COMPARED = 31;

/** Compares with these books, by their ids; the first 31 count. */
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

  /** Fills in the degree for each compared book that shares something; returns which do. */
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

/** Of each name the places of the compared books that have it, as bits. */
function havingNames(own: { start: number }[], { packed: { pieces }, names }: BookIndex): Int32Array {
  const having = new Int32Array(names);
  own.forEach(({ start }, place) => {
    if (start === 0) return;
    const end = start + 4 + pieces[start]! + pieces[start + 1]! + pieces[start + 2]!;
    for (let at = start + 4; at < end; at++) having[pieces[at]!]! |= 1 << place;
  });
  return having;
}

/** The place of the lowest bit that is set. */
const placeOf = (bits: number): number => 31 - Math.clz32(bits & -bits);

const isOther = (a: number, b: number): boolean => a >= 0 && b >= 0 && a !== b;
