import { otherNumerals } from "@/domain/catalog/search/query/numerals.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import type { Term } from "@/domain/catalog/search/search_term.ts";
import { readQuery, type SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { asTyped, type CountedTerm, countTerms, isComplete, withFunctionWordsOptional } from "./search_terms.ts";

/** The quality of a respelled query, so that a title with the typed spelling comes first. */
const RESPELLED = 0.72;

/** A query with its numbers in the other spelling, digits or words. */
export type Respelled = { terms: CountedTerm[]; text: string };

/** The spellings of a query's numbers, from digits to words and back, whose words the catalogue has. */
export async function respellNumerals(search: BookSearch, query: SearchQuery): Promise<Respelled[]> {
  const respelled: Respelled[] = [];
  for (const { words, text } of respelledQueries(query)) {
    const terms = await countTerms(search, words);
    if (isComplete(terms)) respelled.push({ terms, text });
  }
  return respelled;
}

/** The respelled queries. None for a query with quotes or fields, which is matched as typed. */
export const respelledQueries = ({ words, text }: SearchQuery): SearchQuery[] =>
  words.some(({ quoted }) => quoted) ? [] : otherNumerals(text).map(readQuery);

/** The reading of a respelled query with all words required. */
export const asRespelled = ({ terms, text }: Respelled, typed: CountedTerm[]): Reading =>
  respell(asTyped(terms), text, asTyped(typed));

/** The reading of a respelled query with function words optional. Empty when it has none. */
export function respelledWithFunctionWordsOptional({ terms, text }: Respelled, typed: CountedTerm[]): Reading[] {
  const reading = withFunctionWordsOptional(terms);
  return reading === undefined ? [] : [respell(reading, text, asTyped(typed))];
}

/** Marks a reading as a respelling of the query. Scales its weights, so that their sum is that of the typed words. */
export function respell({ terms, any }: Reading, text: string, typed: Reading): Reading {
  const share = weightOfAll(typed.terms) / weightOfAll(terms);
  const weighed = terms.map((term) => ({ ...term, weight: term.weight * share }));
  return { terms: weighed, quality: RESPELLED, any, text, respelled: true };
}

const weightOfAll = (terms: Term[]): number => terms.reduce((sum, { weight }) => sum + weight, 0);
