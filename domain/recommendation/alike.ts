import { type BookFacts, boost, degreeOf, type Names, namesOf } from "./likeness.ts";
import type { Recent } from "./recent.ts";

/** A book that others are compared with. */
type Seed = { book: BookFacts; names: Names; weight: number };
/** Which seeds have a name, by their places. */
type Index = Map<string, number[]>;
type Seeds = { seeds: Seed[]; byAuthor: Index; bySubject: Index; bySeries: Index };

/** What a book shares with a seed, in one number: how many subjects, and a bit each for an author and the series. */
const AUTHOR = 1 << 14;
const SERIES = 1 << 15;
const SUBJECTS = AUTHOR - 1;

/** Points of each book that is alike one of these by series, author or subject: `Σ weight · degree · boost`. */
export function alikePoints(compared: Recent[], facts: Map<string, BookFacts>): Map<string, number> {
  const index = indexSeeds(compared, facts);
  const { seeds } = index;
  const points = new Map<string, number>();
  const shared = new Uint16Array(seeds.length);
  for (const other of facts.values()) {
    const names = namesOf(other);
    if (!noteShared(names, index, shared)) continue;
    let sum = 0;
    for (let at = 0; at < seeds.length; at++) {
      const bits = shared[at]!;
      if (bits === 0) continue;
      shared[at] = 0;
      const { book, names: own, weight } = seeds[at]!;
      if (book.id === other.id) continue;
      const both = { series: (bits & SERIES) !== 0, author: (bits & AUTHOR) !== 0, subjects: bits & SUBJECTS };
      sum += weight *
        degreeOf(book, other, { ...both, union: own.subjects.length + names.subjects.length - both.subjects });
    }
    if (sum > 0) points.set(other.id, sum * boost(other));
  }
  return points;
}

function indexSeeds(compared: Recent[], facts: Map<string, BookFacts>): Seeds {
  const index: Seeds = { seeds: [], byAuthor: new Map(), bySubject: new Map(), bySeries: new Map() };
  for (const { taste, weight } of compared) {
    const book = facts.get(taste.book);
    if (book === undefined) continue;
    const names = namesOf(book);
    const at = index.seeds.push({ book, names, weight }) - 1;
    for (const author of names.authors) addTo(index.byAuthor, author, at);
    for (const subject of names.subjects) addTo(index.bySubject, subject, at);
    if (names.series !== undefined) addTo(index.bySeries, names.series, at);
  }
  return index;
}

function addTo(index: Index, name: string, at: number): void {
  const places = index.get(name);
  if (places === undefined) index.set(name, [at]);
  else places.push(at);
}

/** Notes what a book shares with each seed; false where it shares nothing with any. */
function noteShared(
  { authors, subjects, series }: Names,
  { byAuthor, bySubject, bySeries }: Seeds,
  shared: Uint16Array,
) {
  let found = false;
  const note = (places: number[] | undefined, bit: number) => {
    if (places === undefined) return;
    found = true;
    for (let at = 0; at < places.length; at++) shared[places[at]!]! |= bit;
  };
  for (let at = 0; at < authors.length; at++) note(byAuthor.get(authors[at]!), AUTHOR);
  if (series !== undefined) note(bySeries.get(series), SERIES);
  for (let at = 0; at < subjects.length; at++) {
    const places = bySubject.get(subjects[at]!);
    if (places === undefined) continue;
    found = true;
    for (let place = 0; place < places.length; place++) shared[places[place]!]!++;
  }
  return found;
}
