import { isFunctionWord } from "@/domain/catalog/search/query/function_words.ts";
import { otherNumbers } from "@/domain/catalog/spelling/inflection.ts";
import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import type { Term } from "@/domain/catalog/search/search_term.ts";
import { slipsIn } from "@/domain/catalog/spelling/slips.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { segmentsOf } from "@/domain/catalog/search/query/segments.ts";
import { JOINED, type SlipTerm } from "./search_slips.ts";
import {
  asTyped,
  COMMON,
  type CountedTerm,
  countTerms,
  isComplete,
  typedTerm,
  weightOf,
  withOptional,
} from "./search_terms.ts";

/** Of all words that one may stand for, against the one that was typed. */
const OTHER_NUMBER = 0.68;
const SAME_SOUND = 0.5;
const MAX_ALTERNATIVES = 20;
const MIN_SOUND = 3;
const MIN_BEGUN = 2;
/** A word that is made of at least three, and one that may be made of others. */
const MIN_SEGMENTED = 7;
const MAX_SEGMENTED = 40;
const MAX_PART = 16;
const MAX_READINGS = 3;
/** Each unknown word costs more than a thousand look-ups. */
const MAX_UNKNOWN = 3;

/**
 * What was perhaps meant where nothing else leads to a book: words of the same sound or in the other number, words that are several
 * in one, spaces in other places. Nothing where most is unknown, as in a text in no language.
 */
export async function guesses(search: BookSearch, slips: SlipTerm[]): Promise<Reading[]> {
  if (slips.filter(({ typed }) => typed.count === 0).length > MAX_UNKNOWN) return [];
  const each = [bySound, segmented, moved, joinedThree];
  return (await Promise.all(each.map((guess) => guess(search, slips)))).flat();
}

async function bySound(search: BookSearch, slips: SlipTerm[]): Promise<Reading[]> {
  const terms: Term[] = [];
  let more = false;
  for (const { typed, term } of slips) {
    const wider = await withSounds(search, typed, term);
    more ||= wider !== term;
    if (wider !== undefined) terms.push(wider);
    else if (typed.word.optional === undefined) return [];
  }
  return more ? [{ terms, quality: 1, any: false }] : [];
}

async function withSounds(search: BookSearch, typed: CountedTerm, term: Term | undefined): Promise<Term | undefined> {
  const { word } = typed;
  if (word.quoted || word.field === "isbn" || word.text.length < MIN_SOUND || isFunctionWord(word.text)) return term;
  const sounding = (await search.wordsSounding(word.text)).filter((one) => !isFunctionWord(one));
  const qualities = new Map([
    ...sounding.slice(0, MAX_ALTERNATIVES).map((one): [string, number] => [one, SAME_SOUND]),
    ...otherNumbers(word.text).map((one): [string, number] => [one, OTHER_NUMBER]),
  ]);
  const words = [...qualities.keys()];
  const counts = await search.counts(words.map((text) => ({ text, prefix: false })), COMMON);
  const found = words.filter((one, at) => counts[at]! > 0 && !term?.tokens.has(one));
  if (found.length === 0) return term;
  const base = term ?? { ...typedTerm(typed), weight: weightOf(counts.reduce((sum, count) => sum + count, 0)) };
  return { ...base, tokens: new Map([...base.tokens, ...found.map((one) => [one, qualities.get(one)!] as const)]) };
}

/** Each word as the beginning of one: `sci-fi`, `hitch guide gal`. They are whole words where nothing else speaks for a book. */
export async function begunWords(search: BookSearch, slips: SlipTerm[]): Promise<Reading[]> {
  const words = slips.map(({ typed: { word } }) => word);
  const short = words.filter(({ text }) => text.length < MIN_BEGUN);
  if (words.length < 2 || short.length > 0 || !slips.every(({ typed }) => isPlain(typed))) return [];
  const terms = await countTerms(search, words.map((word) => ({ ...word, prefix: true })));
  return isComplete(terms) ? [asTyped(terms.map((term) => ({ ...term, whole: true })))] : [];
}

/** A word that no book has as several ones: `lordoftherings`. */
async function segmented(search: BookSearch, slips: SlipTerm[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const [at, { typed: { word, count } }] of slips.entries()) {
    if (count > 0 || word.quoted || word.field !== undefined) continue;
    for (const parts of await partsOf(search, word.text)) readings.push(await readingWith(search, slips, at, 1, parts));
  }
  return readings;
}

/** Two words, one of them unknown, with the space in another place or left out and mistyped: `water shipdown`, `midle march`. */
async function moved(search: BookSearch, slips: SlipTerm[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (let at = 0; at + 1 < slips.length; at++) {
    const pair = slips.slice(at, at + 2).map(({ typed }) => typed);
    if (pair.every(({ count }) => count > 0) || !pair.every(isPlain)) continue;
    const joined = joinedText(pair);
    const like = (await search.wordsLike(joined, slipsIn(joined), false)).slice(0, MAX_READINGS);
    const others = [...like.map(({ word }) => [word]), ...await partsOf(search, joined)];
    for (const parts of others) readings.push(await readingWith(search, slips, at, 2, parts));
  }
  return readings;
}

/** Three words that are one: `frank en stein`. */
async function joinedThree(search: BookSearch, slips: SlipTerm[]): Promise<Reading[]> {
  const three = slips.slice(2).map((_, at) => slips.slice(at, at + 3).map(({ typed }) => typed));
  const counts = await search.counts(three.map((words) => ({ text: joinedText(words), prefix: false })), 1);
  const readings: Reading[] = [];
  for (const [at, words] of three.entries()) {
    if (counts[at] === 0 || !words.every(isPlain)) continue;
    readings.push(await readingWith(search, slips, at, 3, [joinedText(words)]));
  }
  return readings;
}

const joinedText = (words: CountedTerm[]): string => words.map(({ word }) => word.text).join("");
const isPlain = ({ word }: CountedTerm): boolean => !word.quoted && word.field === undefined;

async function readingWith(
  search: BookSearch,
  slips: SlipTerm[],
  at: number,
  count: number,
  parts: string[],
): Promise<Reading> {
  const word = (text: string) => ({ text, forms: [], prefix: false, quoted: false });
  const terms = asTyped(await countTerms(search, parts.map(word))).terms;
  const others = (some: SlipTerm[]) =>
    some.flatMap(({ typed: { word }, term }) => term === undefined ? [] : withOptional([word], [term]));
  return {
    terms: [...others(slips.slice(0, at)), ...terms, ...others(slips.slice(at + count))],
    quality: JOINED,
    any: false,
  };
}

/** The ways in which a text is a row of words of the catalogue, the likeliest first. */
async function partsOf(search: BookSearch, text: string): Promise<string[][]> {
  if (text.length < MIN_SEGMENTED || text.length > MAX_SEGMENTED) return [];
  const parts = new Set<string>();
  for (let from = 0; from < text.length; from++) {
    for (let to = from + 1; to <= Math.min(text.length, from + MAX_PART); to++) parts.add(text.slice(from, to));
  }
  const asked = [...parts].map((part) => ({ text: part, prefix: false }));
  const known = await search.counts(asked, 1);
  const words = asked.filter((_, at) => known[at]! > 0);
  const counts = await search.counts(words, COMMON);
  return segmentsOf(text, new Map(words.map((word, at) => [word.text, counts[at]!])), MAX_READINGS);
}
