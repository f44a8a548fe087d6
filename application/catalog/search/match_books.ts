import type { Facet } from "@/domain/catalog/found_by.ts";
import { rankBooks } from "@/domain/catalog/search/rank_books.ts";
import type { BookSearch, Match } from "@/application/catalog/ports.ts";
import type { SearchAnswer } from "./search_books.ts";
import { groupsOf } from "./search_terms.ts";

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

/**
 * Books that match a search, at most `most` and those of one read more: all of them, not the best ones alone. Where each
 * document has to be read, only the most popular ones are.
 */
export async function matchesOf(sources: Sources, answer: SearchAnswer, most: number): Promise<Matches> {
  const { editions, more, query, readings } = answer;
  if (!more) return { ids: editions, complete: true };
  const ids = new Set(editions);
  let complete = true;
  /** The words of the readings of which all books are there. */
  const read: string[][][] = [];
  for (const reading of readings) {
    if (!complete && ids.size > most) break;
    const groups = groupsOf(reading);
    if (read.some((others) => areAmong(groups, others))) continue;
    const isByWords = groups.length === reading.terms.filter(({ optional }) => !optional).length &&
      !looksInside(answer);
    const among = async (some: string[]) =>
      rankBooks(query, [reading], await sources.search.documents(some)).map(({ id }) => id);
    let left = isByWords ? Infinity : Math.min(READS_EACH * most, MAX_READ);
    for await (const some of readMatches(sources, groups)) {
      const found = isByWords ? some : await among(some);
      for (const id of found) ids.add(id);
      left -= some.length;
      if (ids.size > most || left <= 0) complete = false;
      if (!complete) break;
    }
    if (complete && isByWords) read.push(groups);
    if (!complete && readings.length === 1) return { ids: [...ids], complete, groups, ...(isByWords ? {} : { among }) };
  }
  return { ids: [...ids], complete };
}

/** Whether all books with the words are among those with other words. */
const areAmong = (groups: string[][], others: string[][]): boolean =>
  others.every((other) => groups.some((group) => group.every((word) => other.includes(word))));

/** Books that have all the facets. */
export async function matchesOfFacets(sources: Sources, most: number): Promise<Matches> {
  const ids: string[] = [];
  for await (const some of readMatches(sources, [])) {
    ids.push(...some);
    if (ids.length > most) return { ids, complete: false, groups: [] };
  }
  return { ids, complete: true };
}

async function* readMatches({ search, facets }: Sources, groups: string[][]): AsyncGenerator<string[]> {
  let after: Match | undefined;
  while (true) {
    const some = await search.matches({ groups, facets, most: PER_READ, ...(after === undefined ? {} : { after }) });
    yield some.map(({ id }) => id);
    after = some.at(-1);
    if (some.length < PER_READ) return;
  }
}

/** Whether the index of words alone does not say which books match. */
const looksInside = ({ query: { phrases, without, words } }: SearchAnswer): boolean =>
  phrases.length > 0 || without.length > 0 || words.some(({ field }) => field !== undefined);
