import type { Facet } from "@/domain/catalog/found_by.ts";
import { kindOf } from "@/domain/catalog/search/query/part_words.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import { type QueryWord, readQuery } from "@/domain/catalog/search/query/search_query.ts";
import { seriesBegunBy } from "@/domain/catalog/search/ranking/series_place.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { appealOf } from "./search_acronyms.ts";
import { asTyped, type CountedTerm, countTerms, groupsOf, isComplete } from "./search_terms.ts";

/** The number of books with the words, most popular first, whose titles are compared. */
const MAX_BOOKS = 30;
const NUMBER = /^[1-9]\d?$/;

/**
 * The reading for a number and a series that is known by the title of its first book: `game of thrones 3`. Undefined when no first book
 * of a series has this title.
 */
export async function volumeReading(
  search: BookSearch,
  facets: Facet[],
  terms: CountedTerm[],
): Promise<Reading | undefined> {
  const number = numberOf(terms.at(-1)?.word);
  const named = terms.slice(0, kindOf(terms.at(-2)?.word.text ?? "") === undefined ? -1 : -2);
  if (number === undefined || !isComplete(named) || named.some(({ word }) => word.quoted || word.field)) {
    return undefined;
  }
  const title = named.map(({ word }) => word.text).join(" ");
  const found = await search.candidates({ groups: groupsOf(asTyped(named)), facets, most: MAX_BOOKS });
  const [best] = found.map((document) => ({ series: seriesBegunBy(title, document), appeal: appealOf(document) }))
    .filter(({ series }) => series !== undefined)
    .sort((a, b) => b.appeal - a.appeal);
  if (best === undefined) return undefined;
  const { words, text } = readQuery(`${best.series} ${number}`);
  const asked = await countTerms(search, words.map((word) => ({ ...word, prefix: false })));
  return isComplete(asked) ? { ...asTyped(asked), text } : undefined;
}

/** The digits of a number from 1 to 99, in whatever form it was typed. */
const numberOf = (word: QueryWord | undefined): string | undefined =>
  word === undefined ? undefined : [word.text, ...word.forms].find((text) => NUMBER.test(text));
