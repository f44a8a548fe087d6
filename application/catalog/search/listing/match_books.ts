import type { Facet } from "@/domain/catalog/found_by.ts";
import { rankBooks } from "@/domain/catalog/search/ranking/rank_books.ts";
import type { BookSearch, Match } from "@/application/catalog/ports.ts";
import type { SearchAnswer } from "@/application/catalog/search/search_books.ts";
import { groupsOf } from "@/application/catalog/search/search_terms.ts";

/** All books that a list is made of. */
export type Matches = {
  ids: string[];
  /** There are no others. */
  complete: boolean;
  /** By which words the store finds the books, where one reading decides. */
  groups?: string[][];
  /** Those of the books with these words that match, where the words alone do not decide. */
  among?: (ids: string[]) => Promise<string[]>;
};

/** Books of one statement, which others wait for. */
const PER_READ = 250;
/** Documents read for each wanted book, where the store's words alone do not decide: a query may match hardly any of them. */
const READS_EACH = 2;
/** The most documents that are read so: it takes some ten microseconds each. */
const MAX_READ = 5_000;

type Sources = { search: Pick<BookSearch, "matches" | "documents">; facets: Facet[] };
/** Finds at most `most` books and those of one read more. What one call has read, the next one does not read again. */
export type FindMatches = (most: number) => Promise<Matches>;
/** Books of one read, and those of them that match. */
type Page = { read: number; found: string[] };

/**
 * Finds the books that match a search: all of them, not the best ones alone. Where each document has to be read, only the most popular
 * ones are.
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
    /** The words of the readings of which all books are there. */
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

/** Whether all books with the words are among those with other words. */
const areAmong = (groups: string[][], others: string[][]): boolean =>
  others.every((other) => groups.some((group) => group.every((word) => other.includes(word))));

/** Finds the books that have all the facets. */
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

/** The values of a generator from the first one on, each made once. For one reader at a time. */
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

/** Whether the index of words alone does not say which books match. */
const looksInside = ({ query: { phrases, without, words } }: SearchAnswer): boolean =>
  phrases.length > 0 || without.length > 0 || words.some(({ field }) => field !== undefined);
