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

/** The maximum number of candidates per reading, the most popular ones. */
const MAX_CANDIDATES = 500;
/** The number of books to rank before yielding, about a millisecond of work. */
const RANKED_PER_STEP = 32;
/** The maximum number of candidates whose title begins with the query. */
const MAX_TITLED = 200;

export type Sources = { search: BookSearch; facets: Facet[]; query: SearchQuery };
/**
 * The results of a search. `ranked`: best first. `readings`: the readings that were searched. `documents`: their candidates by id.
 * `scores`: the matches by id, before `weighTitles`. `more`: a reading has more candidates.
 */
export type Found = {
  ranked: RankedBook[];
  readings: Reading[];
  documents: ReadonlyMap<string, SearchDocument>;
  scores: ReadonlyMap<string, RankedBook>;
  more: boolean;
};
export const NOTHING: Found = { ranked: [], readings: [], documents: new Map(), scores: new Map(), more: false };

/** Ranks the books that match one of the readings. `before`: the results of earlier readings, which are not searched again. */
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
    // Two readings often have the same words, as when a typo has a single correction.
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

/** The ranked books by id, without those that do not match. */
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

/** Whether the query is one unquoted word, with or without a leading article. Many books match such a query equally well. */
const isLoneWord = ({ words }: SearchQuery): boolean =>
  words.every(({ quoted }) => !quoted) && words.findIndex(({ text }) => !isArticle(text)) === words.length - 1;

const keyOfGroups = (reading: Reading): string => JSON.stringify(groupsOf(reading));

const MAX_ANY_TERMS = 4;
const MAX_ANY_EACH = 200;
const MAX_RELAXED = 100;
/** A book needs at least this share of the best book's points for words. */
const MIN_SHARE = 0.5;

/** Finds books that have any of the words, looking up the rarest words. Function words only count when there are no others. */
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
