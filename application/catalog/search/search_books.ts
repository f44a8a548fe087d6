import { type Facet, titleKey } from "@/domain/catalog/found_by.ts";
import { isFunctionWord } from "@/domain/catalog/search/function_words.ts";
import { rankBooks, type RankedBook } from "@/domain/catalog/search/rank_books.ts";
import type { Reading } from "@/domain/catalog/search/score_book.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import { askedFor } from "@/domain/catalog/search/question.ts";
import { readQuery, type SearchQuery } from "@/domain/catalog/search/search_query.ts";
import { foldEditions } from "@/domain/catalog/work.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { correctedBy, joinsAndSplits, likelierQuery, slipReading, type SlipTerm, withSlips } from "./search_slips.ts";
import { acronymReading } from "./search_acronyms.ts";
import { begunWords, guesses } from "./search_guesses.ts";
import {
  asTyped,
  type CountedTerm,
  countTerms,
  groupsOf,
  isComplete,
  withFunctionWordsOptional,
} from "./search_terms.ts";
import { weighTitles } from "./weigh_titles.ts";

/** Candidates of one reading that are ranked: the most popular ones, if there are more. */
const MAX_CANDIDATES = 500;
/** How many books are candidates for the beginning of their title. */
const MAX_TITLED = 200;
/** With fewer books than this for what was typed, slips are looked for too. */
const ENOUGH = 3;

/** What a search has found, best first. */
export type SearchAnswer = {
  ranked: RankedBook[];
  /** All editions of what is ranked, which a filter counts and another order lists. */
  editions: string[];
  /** No book has all the words, so that these have only some of them. */
  relaxed: boolean;
  /** What was probably meant, where it is not what was typed. */
  suggestion?: string;
  /** There may be more books than were looked at. */
  more: boolean;
  /** How the query was read, to find the books that were not looked at. */
  query: SearchQuery;
  readings: Reading[];
};

/** Whether a title has all that was typed, in a row. */
const isInTitle = ({ ranked, documents }: Found, text: string): boolean =>
  ranked.some(({ id, why }) => why.exact + why.start > 0 || documents.get(id)!.title.includes(text));

/** So many typed words that a book with all of them is hardly there by chance. */
const TELLING_WORDS = 3;

/** Whether what was found as typed needs nothing beside it. */
const isEnough = ({ ranked }: Found, terms: CountedTerm[]): boolean => {
  const [best] = ranked;
  if (best === undefined || best.why.slips < 0) return false;
  if (best.why.exact > 0) return true;
  const isPlain = best.why.start > 0 || terms.every(({ word }) => word.optional !== "around");
  return isPlain && (ranked.length >= ENOUGH || terms.length >= TELLING_WORDS);
};

type Sources = { search: BookSearch; facets: Facet[]; query: SearchQuery };
/** `readings`: those that have been asked for; `documents`: what the store had for them. */
type Found = { ranked: RankedBook[]; readings: Reading[]; documents: Map<string, SearchDocument>; more: boolean };
const NONE: Found = { ranked: [], readings: [], documents: new Map(), more: false };

/** Whether nothing was found that is likely meant. */
function isWeak({ ranked: [best] }: Found, terms: CountedTerm[]): boolean {
  if (best === undefined || terms.length === 1) return best === undefined;
  const { slips, exact, start, author, series } = best.why;
  return slips < 0 && exact + start + author + series === 0;
}

/** Books that match a query, of each work the edition that matches best. The editions of one work are asked for by its facet. */
export async function searchBooks(search: BookSearch, typed: string, facets: Facet[] = []): Promise<SearchAnswer> {
  const found = await searchEditions(search, typed, facets);
  return facets.some(({ kind }) => kind === "work") ? found : { ...found, ranked: foldEditions(found.ranked) };
}

/**
 * Books that match a query. First those that have every word as typed, the last one as the beginning of a word; where these are few,
 * those with slips, joined and split words too; where there are none, those that have the words that say most.
 */
async function searchEditions(search: BookSearch, typed: string, facets: Facet[]): Promise<SearchAnswer> {
  const query = readQuery(typed);
  if (query.words.length === 0) return answer(query, NONE);
  const sources = { search, facets, query };
  const terms = await countTerms(search, query.words);
  const first = isComplete(terms) ? await findByReadings(sources, [asTyped(terms)]) : NONE;
  if (query.isbn13 !== undefined) return answer(query, first);
  const asked = askedFor(typed);
  if (asked !== undefined && readQuery(asked).words.length > 0 && !isInTitle(first, query.text)) {
    return await searchEditions(search, asked, facets);
  }
  if (isEnough(first, terms)) return answer(query, first, await likelierQuery(search, terms));
  const found = await searchWithSlips(sources, terms, first);
  if (found.ranked.length > 0) return found;
  // What leads to nothing as an operator is taken for what is written in a title.
  const plain = typed.replace(OPERATORS, " ");
  return plain === typed ? found : { ...await searchEditions(search, plain, facets), relaxed: true };
}

const OPERATORS = /["“”„]|(?<=^|\s)[-\u2212](?=\S)/g;

const answer = (
  query: SearchQuery,
  { ranked, more, readings }: Found,
  suggestion?: string,
  relaxed = false,
): SearchAnswer => ({
  ranked,
  editions: ranked.map(({ id }) => id),
  more,
  relaxed,
  query,
  readings,
  ...(suggestion === undefined ? {} : { suggestion }),
});

async function searchWithSlips(sources: Sources, terms: CountedTerm[], first: Found): Promise<SearchAnswer> {
  const slips = await withSlips(sources.search, terms, first.ranked.length === 0);
  const slipped = slipReading(slips);
  // What begins a title is that title's, whatever it says.
  const begins = first.ranked[0] !== undefined && first.ranked[0].why.start > 0;
  const little = begins ? undefined : withFunctionWordsOptional(terms);
  const acronyms = begins ? undefined : await acronymReading(sources.search, sources.facets, terms);
  const more = [acronyms, little, slipped].filter((reading) => reading !== undefined);
  const readings = [...more, ...await joinsAndSplits(sources.search, slips)];
  const likely = await findByReadings(sources, readings, first);
  const guessed = isWeak(likely, terms)
    ? await findByReadings(sources, await guesses(sources.search, slips), likely)
    : likely;
  const whole = isWeak(guessed, terms) ? likely : guessed;
  const begun = whole.ranked.length > 0
    ? whole
    : await findByReadings(sources, await begunWords(sources.search, slips), whole);
  const second = isWeak(begun, terms) ? whole : begun;
  const found = second.ranked.length > 0 ? second : await findByAnyWord(sources, slips);
  if (first.ranked.length > 0) return answer(sources.query, found, await likelierQuery(sources.search, terms));
  const relaxed = second.ranked.length === 0 && found.ranked.length > 0;
  const best = found.documents.get(found.ranked[0]?.id ?? "");
  const corrected = best && (relaxed || isSlipped(sources.query, slipped, second, best))
    ? correctedBy(slips, best, sources.query.text)
    : undefined;
  if (corrected === undefined) return answer(sources.query, found, undefined, relaxed);
  return relaxed
    ? answer(sources.query, found, await leadsTo(sources, corrected) ? corrected : undefined, relaxed)
    : answer(sources.query, await asCorrected(sources, corrected, found), corrected);
}

/** Whether slips are what led to a book: an acronym, or words joined and split, say nothing of how a word is spelled. */
function isSlipped(query: SearchQuery, slipped: Reading | undefined, { readings }: Found, best: SearchDocument) {
  if (slipped === undefined) return false;
  return rankBooks(query, [slipped], [best])[0]?.score === rankBooks(query, readings, [best])[0]?.score;
}

/** Whether some book has all words of a suggestion. */
async function leadsTo(sources: Sources, suggestion: string): Promise<boolean> {
  const terms = await countTerms(sources.search, readQuery(suggestion).words);
  return isComplete(terms) && (await findByReadings(sources, [asTyped(terms)])).ranked.length > 0;
}

/** What was found for a mistyped query, in the order in which it is found without the slip. */
async function asCorrected(sources: Sources, suggestion: string, found: Found): Promise<Found> {
  const { words, text } = readQuery(suggestion);
  const terms = await countTerms(sources.search, words);
  return isComplete(terms) ? await findByReadings(sources, [{ ...asTyped(terms), text }], found) : found;
}

/** Books that match one of the readings, or one of those before, which are not asked for again. */
async function findByReadings(
  { search, facets, query }: Sources,
  fresh: Reading[],
  before: Found = NONE,
): Promise<Found> {
  const readings = [...before.readings, ...fresh];
  const documents = new Map(before.documents);
  let { more } = before;
  for (const reading of fresh) {
    const found = await search.candidates({
      groups: groupsOf(reading),
      facets,
      most: MAX_CANDIDATES,
      ...(reading === readings[0] && query.text !== ""
        ? { titled: { start: titleKey(query.text), most: MAX_TITLED } }
        : {}),
    });
    more ||= found.length >= MAX_CANDIDATES;
    for (const document of found) documents.set(document.id, document);
  }
  const ranked = rankBooks(query, readings, [...documents.values()]);
  return { ranked: await weighTitles(search, { query, readings, ranked, documents }), readings, documents, more };
}

const MAX_ANY_TERMS = 4;
const MAX_ANY_EACH = 200;
const MAX_RELAXED = 100;
/** A book counts with at least this share of the best one's points for words. */
const MIN_SHARE = 0.5;

/** Books that have some of the words, those that say most first. */
async function findByAnyWord({ search, facets, query }: Sources, slips: SlipTerm[]): Promise<Found> {
  const known = slips.flatMap(({ typed, term }) => term === undefined ? [] : [{ text: typed.word.text, term }]);
  const telling = known.filter(({ text }) => !isFunctionWord(text));
  const terms = (telling.length > 0 ? telling : known).map(({ term }) => term);
  const documents = new Map<string, SearchDocument>();
  for (const term of terms.toSorted((a, b) => b.weight - a.weight).slice(0, MAX_ANY_TERMS)) {
    const groups = term.prefix === undefined ? [[...term.tokens.keys()]] : [[term.prefix]];
    const found = await search.candidates({ groups, facets, most: MAX_ANY_EACH });
    for (const document of found) documents.set(document.id, document);
  }
  const readings = [{ terms, quality: 1, any: true }];
  const ranked = rankBooks(query, readings, [...documents.values()]);
  const least = (ranked[0]?.why.words ?? 0) * MIN_SHARE;
  return {
    ranked: ranked.filter(({ why }) => why.words >= least).slice(0, MAX_RELAXED),
    readings,
    documents,
    more: false,
  };
}
