import { type Facet, titleKey } from "@/domain/catalog/found_by.ts";
import { isArticle, isFunctionWord } from "@/domain/catalog/search/query/function_words.ts";
import { inOrder, rankBook, type RankedBook } from "@/domain/catalog/search/ranking/rank_books.ts";
import { raisePopular } from "@/domain/catalog/search/ranking/raise_popular.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import { piecesOf } from "@/application/pieces.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import type { SlipTerm } from "./search_slips.ts";
import { groupsOf } from "./search_terms.ts";
import { weighTitles } from "./weigh_titles.ts";

/** Candidates of one reading that are ranked: the most popular ones, if there are more. */
const MAX_CANDIDATES = 500;
/** Books that are ranked in one step, in about a millisecond. */
const RANKED_PER_STEP = 32;
/** How many books are candidates for the beginning of their title. */
const MAX_TITLED = 200;

export type Sources = { search: BookSearch; facets: Facet[]; query: SearchQuery };
/**
 * What a search has found, best first. `readings`: those that have been asked for; `documents`: what the store had for them;
 * `scores`: of those that match one, before titles are weighed.
 */
export type Found = {
  ranked: RankedBook[];
  readings: Reading[];
  documents: ReadonlyMap<string, SearchDocument>;
  scores: ReadonlyMap<string, RankedBook>;
  more: boolean;
};
export const NOTHING: Found = { ranked: [], readings: [], documents: new Map(), scores: new Map(), more: false };

/** Books that match one of the readings, or one of those before, which are not asked for again. */
export async function findByReadings(
  { search, facets, query }: Sources,
  fresh: Reading[],
  before = NOTHING,
): Promise<Found> {
  if (fresh.length === 0) return before;
  const readings = [...before.readings, ...fresh];
  const documents = new Map(before.documents);
  let { more } = before;
  const asked = new Set(before.readings.map(keyOfGroups));
  for (const reading of fresh) {
    // A corrected word is often the only one that stood for the mistyped one.
    if (asked.has(keyOfGroups(reading))) continue;
    asked.add(keyOfGroups(reading));
    const found = await search.candidates({
      groups: groupsOf(reading),
      facets,
      most: MAX_CANDIDATES,
      known: documents,
      ...(reading === readings[0] && query.text !== ""
        ? { titled: { start: titleKey(query.text), most: MAX_TITLED } }
        : {}),
    });
    more ||= found.length >= MAX_CANDIDATES;
    for (const document of found) documents.set(document.id, document);
  }
  const scores = await rankEach(search, [...documents.values()], (document) => {
    const { id } = document;
    const isKnown = before.documents.has(id);
    return rankBook(query, isKnown ? fresh : readings, document, { before: before.scores.get(id) });
  });
  const sorted = inOrder(scores.values());
  const best = isLoneWord(query) ? raisePopular(sorted) : sorted;
  const ranked = await weighTitles(search, { query, readings, ranked: best, documents });
  return { ranked, readings, documents, scores, more };
}

/** The rank of each book by its id, of those that have one. */
async function rankEach(
  { giveWay }: Pick<BookSearch, "giveWay">,
  documents: SearchDocument[],
  rank: (document: SearchDocument) => RankedBook | undefined,
): Promise<Map<string, RankedBook>> {
  const ranks = new Map<string, RankedBook>();
  for (const some of piecesOf(documents, RANKED_PER_STEP)) {
    for (const document of some) {
      const ranked = rank(document);
      if (ranked !== undefined) ranks.set(document.id, ranked);
    }
    await giveWay();
  }
  return ranks;
}

/** Whether one word was typed, perhaps behind an article, so that little says which book is meant. */
const isLoneWord = ({ words }: SearchQuery): boolean =>
  words.every(({ quoted }) => !quoted) && words.findIndex(({ text }) => !isArticle(text)) === words.length - 1;

const keyOfGroups = (reading: Reading): string => JSON.stringify(groupsOf(reading));

const MAX_ANY_TERMS = 4;
const MAX_ANY_EACH = 200;
const MAX_RELAXED = 100;
/** A book counts with at least this share of the best one's points for words. */
const MIN_SHARE = 0.5;

/** Books that have some of the words, those that say most first. */
export async function findByAnyWord({ search, facets, query }: Sources, slips: SlipTerm[]): Promise<Found> {
  const known = slips.flatMap(({ typed, term }) => term === undefined ? [] : [{ text: typed.word.text, term }]);
  const telling = known.filter(({ text }) => !isFunctionWord(text));
  const terms = (telling.length > 0 ? telling : known).map(({ term }) => term);
  const documents = new Map<string, SearchDocument>();
  for (const term of terms.toSorted((a, b) => b.weight - a.weight).slice(0, MAX_ANY_TERMS)) {
    const groups = term.prefix === undefined ? [[...term.tokens.keys()]] : [[term.prefix]];
    const found = await search.candidates({ groups, facets, most: MAX_ANY_EACH, known: documents });
    for (const document of found) documents.set(document.id, document);
  }
  const readings = [{ terms, quality: 1, any: true }];
  const ranked = inOrder(
    (await rankEach(search, [...documents.values()], (document) => rankBook(query, readings, document))).values(),
  );
  const least = (ranked[0]?.why.words ?? 0) * MIN_SHARE;
  return {
    ...NOTHING,
    ranked: ranked.filter(({ why }) => why.words >= least).slice(0, MAX_RELAXED),
    readings,
    documents,
  };
}
