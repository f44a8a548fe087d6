import { otherNumerals } from "@/domain/catalog/search/query/numerals.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import type { Term } from "@/domain/catalog/search/search_term.ts";
import { readQuery, type SearchQuery } from "@/domain/catalog/search/query/search_query.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { asTyped, type CountedTerm, countTerms, isComplete, withFunctionWordsOptional } from "./search_terms.ts";

/** The title as it was typed comes first, though several words in place of one stand beside each other too. */
const RESPELLED = 0.72;

/** A query with its numbers written the other way. */
export type Respelled = { terms: CountedTerm[]; text: string };

/** A query with its numbers in words where it has digits, and the other way, in each way that some book may have. */
export async function respellNumerals(search: BookSearch, query: SearchQuery): Promise<Respelled[]> {
  const respelled: Respelled[] = [];
  for (const { words, text } of respelledQueries(query)) {
    const terms = await countTerms(search, words);
    if (isComplete(terms)) respelled.push({ terms, text });
  }
  return respelled;
}

/** What is in quotes or looked for in a field stands as it was typed. */
export const respelledQueries = ({ words, text }: SearchQuery): SearchQuery[] =>
  words.some(({ quoted }) => quoted) ? [] : otherNumerals(text).map(readQuery);

/** The reading of a respelled query in which each word is wanted. */
export const asRespelled = ({ terms, text }: Respelled, typed: CountedTerm[]): Reading =>
  respell(asTyped(terms), text, asTyped(typed));

/** The reading in which words that say little may be missing; none where there are no such words. */
export function respelledWithFunctionWordsOptional({ terms, text }: Respelled, typed: CountedTerm[]): Reading[] {
  const reading = withFunctionWordsOptional(terms);
  return reading === undefined ? [] : [respell(reading, text, asTyped(typed))];
}

/** A reading of a text that says the same as what was typed. All its words together weigh as much. */
export function respell({ terms, any }: Reading, text: string, typed: Reading): Reading {
  const share = weightOfAll(typed.terms) / weightOfAll(terms);
  const weighed = terms.map((term) => ({ ...term, weight: term.weight * share }));
  return { terms: weighed, quality: RESPELLED, any, text, respelled: true };
}

const weightOfAll = (terms: Term[]): number => terms.reduce((sum, { weight }) => sum + weight, 0);
