import type { Facet } from "@/domain/catalog/found_by.ts";
import { rankBook, type RankedBook } from "@/domain/catalog/search/ranking/rank_books.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import { askedFor } from "@/domain/catalog/search/query/question.ts";
import { readQuery, type SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import { foldEditions } from "@/domain/catalog/work.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { rememberCounts } from "./remember_counts.ts";
import { acronymReading, mostPopular } from "./search_acronyms.ts";
import { begunWords, guesses } from "./search_guesses.ts";
import { asRespelled, type Respelled, respelledWithFunctionWordsOptional, respellNumerals } from "./search_numerals.ts";
import { findByAnyWord, findByReadings, type Found, NOTHING, type Sources } from "./search_readings.ts";
import { correctedBy, joinsAndSplits, likelierQuery, slipReading, type SlipTerm, withSlips } from "./search_slips.ts";
import { asTyped, type CountedTerm, countTerms, isComplete, withFunctionWordsOptional } from "./search_terms.ts";
import { volumeReading } from "./search_volumes.ts";

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

/** Whether nothing was found that is likely meant. */
function isWeak({ ranked: [best] }: Found, terms: CountedTerm[]): boolean {
  if (best === undefined || terms.length === 1) return best === undefined;
  const { slips, exact, start, author, series } = best.why;
  return slips < 0 && exact + start + author + series === 0;
}

/** Books that match a query, of each work the edition that matches best. The editions of one work are asked for by its facet. */
export async function searchBooks(search: BookSearch, typed: string, facets: Facet[] = []): Promise<SearchAnswer> {
  const found = await searchEditions(rememberCounts(search), typed, facets);
  return facets.some(({ kind }) => kind === "work") ? found : { ...found, ranked: foldEditions(found.ranked) };
}

/**
 * Books that match a query. First those that have every word as typed, the last one as the beginning of a word; where these are few,
 * those with slips, joined and split words too; where there are none, those that have the words that say most.
 */
async function searchEditions(search: BookSearch, typed: string, facets: Facet[]): Promise<SearchAnswer> {
  const query = readQuery(typed);
  if (query.words.length === 0) return answer(query, NOTHING);
  const sources = { search, facets, query };
  const terms = await countTerms(search, query.words);
  // A space behind a word that no book has was no sign that the word is finished.
  if (query.goesOn && terms.at(-1)!.count === 0) return await searchEditions(search, typed.trimEnd(), facets);
  const respelled = await respellNumerals(search, query);
  const readings = [...(isComplete(terms) ? [asTyped(terms)] : []), ...respelled.map((one) => asRespelled(one, terms))];
  const typedOnly = await findByReadings(sources, readings);
  const first = await findByReadings(sources, await namedReadings(sources, terms, typedOnly), typedOnly);
  if (query.isbn13 !== undefined) return answer(query, first);
  const asked = askedFor(typed);
  if (asked !== undefined && readQuery(asked).words.length > 0 && !isInTitle(first, query.text)) {
    return await searchEditions(search, asked, facets);
  }
  if (isEnough(first, terms)) return answer(query, first, await likelierQuery(search, terms));
  const found = await searchWithSlips(sources, terms, first, respelled);
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

/** What is asked for further where nothing led to what is likely meant, or to nothing at all. */
const GUESSES: { guess: typeof guesses; isWanted: (found: Found, terms: CountedTerm[]) => boolean }[] = [
  { guess: guesses, isWanted: isWeak },
  { guess: begunWords, isWanted: ({ ranked }) => ranked.length === 0 },
];

async function searchWithSlips(
  sources: Sources,
  terms: CountedTerm[],
  first: Found,
  respelled: Respelled[],
): Promise<SearchAnswer> {
  const { search, query } = sources;
  const [slips, likely] = await Promise.all([
    withSlips(search, terms, first.ranked.length === 0),
    likelyReadings(sources, terms, first, respelled),
  ]);
  const slipped = slipReading(slips);
  const readings = [...likely, slipped, ...await joinsAndSplits(search, slips)].filter((one) => one !== undefined);
  let found = await findByReadings(sources, readings, first);
  for (const { guess, isWanted } of GUESSES) {
    if (!isWanted(found, terms)) continue;
    const guessed = await findByReadings(sources, await guess(search, slips), found);
    if (!isWeak(guessed, terms)) found = guessed;
  }
  if (found.ranked.length === 0) return await searchAnyWord(sources, slips);
  if (first.ranked.length > 0) return answer(query, found, await likelierQuery(search, terms));
  const corrected = isSlipped(query, slipped, found) ? correctedQuery(query, slips, found) : undefined;
  if (corrected === undefined) return answer(query, found);
  return answer(query, await asCorrected(sources, corrected, found), corrected);
}

/**
 * The readings in which a lone word, though books have it, or the words before a number stand for a name. What is a title, or begins
 * one, or has its number in a series, is that.
 */
async function namedReadings(
  { search, facets, query }: Sources,
  terms: CountedTerm[],
  found: Found,
): Promise<Reading[]> {
  const { ranked: [best] } = found;
  if (query.isbn13 !== undefined || (best !== undefined && best.why.exact + best.why.start + best.why.series > 0)) {
    return [];
  }
  const acronym = best === undefined || terms.length > 1
    ? undefined
    : await acronymReading(search, facets, terms, popularityOf(found));
  const volume = terms.length > 1 ? await volumeReading(search, facets, terms) : undefined;
  return [acronym, volume].filter((one) => one !== undefined && one.quality === 1) as Reading[];
}

const popularityOf = ({ ranked, documents }: Found): number => mostPopular(ranked.map(({ id }) => documents.get(id)!));

/** The readings in which words say little or are acronyms. What begins a title is that title's, whatever it says. */
async function likelyReadings(
  { search, facets }: Sources,
  terms: CountedTerm[],
  found: Found,
  respelled: Respelled[],
) {
  const { ranked: [best] } = found;
  if (best !== undefined && best.why.start > 0) return [];
  return [
    await acronymReading(search, facets, terms, popularityOf(found)),
    withFunctionWordsOptional(terms),
    ...respelled.flatMap((one) => respelledWithFunctionWordsOptional(one, terms)),
  ];
}

/** Books that have only some of the words, with a suggestion where it leads to a book that has all. */
async function searchAnyWord(sources: Sources, slips: SlipTerm[]): Promise<SearchAnswer> {
  const found = await findByAnyWord(sources, slips);
  const corrected = correctedQuery(sources.query, slips, found);
  const leads = corrected !== undefined && await leadsTo(sources, corrected);
  return answer(sources.query, found, leads ? corrected : undefined, found.ranked.length > 0);
}

/** The query as it is spelled in the best book. */
function correctedQuery({ text }: SearchQuery, slips: SlipTerm[], { ranked: [best], documents }: Found) {
  return best === undefined ? undefined : correctedBy(slips, documents.get(best.id)!, text);
}

/** Whether slips are what led to the best book: an acronym, or words joined and split, say nothing of how a word is spelled. */
function isSlipped(query: SearchQuery, slipped: Reading | undefined, { ranked: [best], documents, scores }: Found) {
  if (slipped === undefined || best === undefined) return false;
  return rankBook(query, [slipped], documents.get(best.id)!)?.score === scores.get(best.id)!.score;
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
