import type { Facet } from "@/domain/catalog/found_by.ts";
import { rankBooks } from "@/domain/catalog/search/ranking/rank_books.ts";
import type { BookSearch, Match } from "@/application/catalog/ports.ts";
import type { SearchAnswer } from "@/application/catalog/search/search_books.ts";
import { groupsOf } from "@/application/catalog/search/search_terms.ts";

/** The books of a list, in no order. */
export type Matches = {
  ids: string[];
  /** Whether `ids` has all matches. */
  complete: boolean;
  /** The groups of words that the store can search by, when there is a single reading. */
  groups?: string[][];
  /** Filters ids of books with these words by the whole query, when the words alone do not decide. */
  among?: (ids: string[]) => Promise<string[]>;
};

/** The page size of one statement, which blocks others. */
const PER_READ = 250;
/** The number of documents to read per requested book, when the words alone do not decide. Few of them may match. */
const READS_EACH = 2;
/** The maximum number of documents to read, at some ten microseconds each. */
const MAX_READ = 5_000;

type Sources = { search: Pick<BookSearch, "matches" | "documents">; facets: Facet[] };
/** Finds `most` books, and up to one page more. Repeated calls share their reads. */
export type FindMatches = (most: number) => Promise<Matches>;
/** A page: the number of books that were read, and the matching ids among them. */
type Page = { read: number; found: string[] };

/**
 * Finds all books that match a search, not only the ranked ones. If documents have to be read, only the most popular books
 * are found.
 */
export function matchesOf(sources: Sources, answer: SearchAnswer): FindMatches {
  const { editions, more, query } = answer;
  if (!more) return () => Promise.resolve({ ids: editions, complete: true });
  const readings = answer.readings.map((reading) => {
    const groups = groupsOf(reading);
    const isByWords = groups.length === reading.terms.filter(({ optional }) => !optional).length &&
      !looksInside(answer);
    const among = async (some: string[]) =>
      rankBooks(query, [reading], await sources.search.documents(some)).map(({ id }) => id);
    return { groups, isByWords, among, pages: readAgain(readMatches(sources, groups, isByWords ? undefined : among)) };
  });
  return async (most) => {
    const ids = new Set(editions);
    let complete = true;
    /** The groups of the readings that were read to the end. */
    const read: string[][][] = [];
    for (const { groups, isByWords, among, pages } of readings) {
      if (!complete && ids.size > most) break;
      if (read.some((others) => areAmong(groups, others))) continue;
      let left = isByWords ? Infinity : Math.min(READS_EACH * most, MAX_READ);
      for await (const page of pages()) {
        for (const id of page.found) ids.add(id);
        left -= page.read;
        if (ids.size > most || left <= 0) complete = false;
        if (!complete) break;
      }
      if (complete && isByWords) read.push(groups);
      if (!complete && readings.length === 1) {
        return { ids: [...ids], complete, groups, ...(isByWords ? {} : { among }) };
      }
    }
    return { ids: [...ids], complete };
  };
}

/** Whether every book that matches `groups` also matches `others`. */
const areAmong = (groups: string[][], others: string[][]): boolean =>
  others.every((other) => groups.some((group) => group.every((word) => other.includes(word))));

/** Finds all books that have the facets. */
export function matchesOfFacets(sources: Sources): FindMatches {
  const pages = readAgain(readMatches(sources, []));
  return async (most) => {
    const ids: string[] = [];
    for await (const { found } of pages()) {
      ids.push(...found);
      if (ids.length > most) return { ids, complete: false, groups: [] };
    }
    return { ids, complete: true };
  };
}

async function* readMatches(
  { search, facets }: Sources,
  groups: string[][],
  among?: (ids: string[]) => Promise<string[]>,
): AsyncGenerator<Page, void> {
  let after: Match | undefined;
  while (true) {
    const some = await search.matches({ groups, facets, most: PER_READ, ...(after === undefined ? {} : { after }) });
    const ids = some.map(({ id }) => id);
    yield { read: ids.length, found: among === undefined ? ids : await among(ids) };
    after = some.at(-1);
    if (some.length < PER_READ) return;
  }
}

/** Makes a generator repeatable: its values are buffered, and each call starts at the first one. Not for concurrent use. */
function readAgain<Value>(source: AsyncGenerator<Value, void>): () => AsyncGenerator<Value, void> {
  const made: Value[] = [];
  return async function* () {
    for (let at = 0;; at++) {
      if (at === made.length) {
        const next = await source.next();
        if (next.done === true) return;
        made.push(next.value);
      }
      yield made[at]!;
    }
  };
}

/** Whether documents have to be read to decide which books match. */
const looksInside = ({ query: { phrases, without, words } }: SearchAnswer): boolean =>
  phrases.length > 0 || without.length > 0 || words.some(({ field }) => field !== undefined);
