import { type BookFacts, boost, degreeOf, namesOf } from "./likeness.ts";
import type { Recent } from "./recent.ts";

/** The books that others are compared with, found by what they may share. */
type Seeds = { books: BookFacts[]; weights: number[]; byName: Map<string, number[]>; bySubject: Map<string, number[]> };

/** Points of each book that is alike one of these by series, author or subject: `Σ weight · degree · boost`. */
export function alikePoints(compared: Recent[], facts: Map<string, BookFacts>): Map<string, number> {
  const seeds = indexSeeds(compared, facts);
  const points = new Map<string, number>();
  const shared = seeds.books.map(() => ({ series: false, author: false, subjects: 0 }));
  for (const other of facts.values()) {
    if (!findShared(other, seeds, shared)) continue;
    let sum = 0;
    for (const [at, own] of seeds.books.entries()) {
      const both = shared[at]!;
      if (!both.series && !both.author && both.subjects === 0) continue;
      if (own.id !== other.id) sum += seeds.weights[at]! * degreeOf(own, other, both);
      both.series = both.author = false;
      both.subjects = 0;
    }
    if (sum > 0) points.set(other.id, sum * boost(other));
  }
  return points;
}

function indexSeeds(compared: Recent[], facts: Map<string, BookFacts>): Seeds {
  const seeds: Seeds = { books: [], weights: [], byName: new Map(), bySubject: new Map() };
  for (const { taste, weight } of compared) {
    const book = facts.get(taste.book);
    if (book === undefined) continue;
    const at = seeds.books.push(book) - 1;
    seeds.weights.push(weight);
    const { authors, subjects, series } = namesOf(book);
    for (const author of authors) addTo(seeds.byName, author, at);
    for (const subject of subjects) addTo(seeds.bySubject, subject, at);
    if (series !== undefined) addTo(seeds.byName, SERIES + series, at);
  }
  return seeds;
}
const SERIES = "series\n";

function addTo(index: Map<string, number[]>, name: string, at: number): void {
  const so = index.get(name);
  if (so === undefined) index.set(name, [at]);
  else so.push(at);
}

/** Notes what a book shares with each seed; false where it shares nothing with any. */
function findShared(
  other: BookFacts,
  { byName, bySubject }: Seeds,
  shared: { series: boolean; author: boolean; subjects: number }[],
): boolean {
  const { authors, subjects, series } = namesOf(other);
  let found = false;
  for (const author of authors) for (const at of byName.get(author) ?? NONE) found = shared[at]!.author = true;
  for (const subject of subjects) {
    for (const at of bySubject.get(subject) ?? NONE) {
      shared[at]!.subjects++;
      found = true;
    }
  }
  const ofSeries = series === undefined ? NONE : byName.get(SERIES + series) ?? NONE;
  for (const at of ofSeries) found = shared[at]!.series = true;
  return found;
}
const NONE: number[] = [];
