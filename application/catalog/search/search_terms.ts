import { mayBeInitials } from "@/domain/catalog/search/initials.ts";
import { isFunctionWord } from "@/domain/catalog/search/query/function_words.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import { FORM, PREFIX, type Term } from "@/domain/catalog/search/search_term.ts";
import { type QueryWord, readQuery } from "@/domain/catalog/search/query/search_query.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";

/** Books of a word are counted up to this many: it is common. */
export const COMMON = 1_000;
/** Words that a beginning stands for are listed up to this many; of more, any word that begins so is taken. */
const MAX_EXPANDED = 64;

/** A word of a query with what the catalogue knows of it: how many books, how it may go on, and whether it is itself one. */
export type CountedTerm = { word: QueryWord; count: number; expanded: string[] | "many"; whole?: boolean };

/** Looks up the words of a query. */
export async function countTerms(search: BookSearch, words: QueryWord[]): Promise<CountedTerm[]> {
  const forms = words.flatMap((word) => word.forms);
  const [counts, expanded] = await Promise.all([
    search.counts([...words, ...forms.map((text) => ({ text, prefix: false }))], COMMON),
    Promise.all(words.map((word) => expand(search, word))),
  ]);
  const countOf = new Map(forms.map((form, at) => [form, counts[words.length + at]!]));
  return words.map((word, at) => {
    const count = word.forms.reduce((sum, form) => sum + countOf.get(form)!, counts[at]!);
    const known = word.forms.filter((form) => countOf.get(form)! > 0);
    return { word: known.length === word.forms.length ? word : { ...word, forms: known }, count, ...expanded[at]! };
  });
}

/** A counted word with the words that it may be the beginning of. */
export const expandTerm = async (search: BookSearch, word: QueryWord, count: number): Promise<CountedTerm> => ({
  word,
  count,
  ...await expand(search, word),
});

async function expand(search: BookSearch, word: QueryWord): Promise<Pick<CountedTerm, "expanded" | "whole">> {
  const expanded = word.prefix ? await search.wordsFrom(word.text, MAX_EXPANDED + 1) : [];
  const whole = expanded[0] === word.text;
  return { expanded: expanded.length > MAX_EXPANDED ? "many" : expanded, ...(whole ? { whole } : {}) };
}

/** Whether a word may be initials of given names. One of several letters that some book has is that word. */
const isInitials = ({ word, count }: Pick<CountedTerm, "word" | "count">): boolean =>
  !word.quoted && mayBeInitials(word.text) && (word.text.length === 1 || count === 0);

/** Whether some book may have all of the words. */
export const isComplete = (terms: CountedTerm[]): boolean =>
  terms.some(({ count }) => count > 0) &&
  terms.every((term) => term.count > 0 || isInitials(term));

/** Whether some book has each word that says something, as it was typed and to its end. */
export async function hasEachWord(search: Pick<BookSearch, "counts">, typed: string): Promise<boolean> {
  const forms = readQuery(typed).words.map(({ text, forms }) => [text, ...forms])
    .filter(([text]) => !isFunctionWord(text!));
  const counts = await search.counts(forms.flat().map((text) => ({ text, prefix: false })), 1);
  const known = new Set(forms.flat().filter((_, at) => counts[at]! > 0));
  return forms.every((each) => each.some((text) => known.has(text)));
}

/** 2 for a word of one book, 0.5 for a common one. */
export const weightOf = (count: number): number =>
  0.5 + 1.5 * (1 - Math.log10(Math.min(COMMON, Math.max(1, count))) / 3);

/** A term as it was typed, that a book must have. */
export function typedTerm({ word, count, expanded, whole = false }: CountedTerm): Term {
  const base = {
    weight: weightOf(count),
    ...(word.prefix ? { whole } : {}),
    ...(word.field === undefined ? {} : { field: word.field }),
    ...(isInitials({ word, count }) ? { initials: word.text } : {}),
  };
  const tokens = new Map([[word.text, 1], ...word.forms.map((form): [string, number] => [form, FORM])]);
  if (expanded === "many") return { ...base, tokens, prefix: word.text };
  for (const longer of expanded) if (!tokens.has(longer)) tokens.set(longer, PREFIX);
  return { ...base, tokens };
}

/** A query as it was typed. */
export const asTyped = (terms: CountedTerm[]): Reading => ({ terms: terms.map(typedTerm), quality: 1, any: false });

/** A query as it was typed, of which a book may lack words that say little. Undefined where there are none, or where others are unknown. */
export function withFunctionWordsOptional(terms: CountedTerm[]): Reading | undefined {
  const needed = terms.filter(({ word }) => word.optional === undefined);
  if (needed.length === terms.length || !isComplete(needed)) return undefined;
  return { terms: withOptional(terms.map(({ word }) => word), terms.map(typedTerm)), quality: 1, any: false };
}

/** The terms, of which a book may lack those whose words say little. */
export const withOptional = (words: QueryWord[], terms: Term[]): Term[] =>
  terms.map((term, at) => {
    const { optional } = words[at]!;
    return optional === undefined ? term : { ...term, optional };
  });

/** Groups with so many words are left to the ranking, but for the first. */
const MAX_PROBED = 24;

/** The words of each term that a book must have, the rarest term first. A beginning of too many words is left to the ranking. */
export function groupsOf({ terms }: Reading): string[][] {
  const whole = terms.filter(({ prefix }) => prefix === undefined);
  const needed = whole.filter(({ optional, initials }) => !optional && initials === undefined);
  const listed = (needed.length > 0 ? needed : whole)
    .map(({ tokens, weight }) => ({ group: [...tokens.keys()], weight }))
    .sort((a, b) => b.weight - a.weight || byCommonness(a.group, b.group));
  return listed.map(({ group }) => group).filter((group, at) => at === 0 || group.length <= MAX_PROBED);
}

/**
 * Words are counted up to a bound only. Of those beyond it function words are in most books, long words in few, and one word's books
 * are read in order where those of several have to be sorted.
 */
const byCommonness = (a: string[], b: string[]): number =>
  Number(a.some(isFunctionWord)) - Number(b.some(isFunctionWord)) || a.length - b.length || longest(b) - longest(a);

const longest = (group: string[]): number => Math.max(...group.map((word) => word.length));
