import type { Reading } from "@/domain/catalog/search/ranking/score_book.ts";
import type { Term } from "@/domain/catalog/search/search_term.ts";
import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import { mostSlipsIn, qualityOf, slipsIn } from "@/domain/catalog/spelling/slips.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { COMMON, type CountedTerm, expandTerm, typedTerm, weightOf } from "./search_terms.ts";

/** Words of the catalogue that stand for a typed one; undefined where there is none. */
export type SlipTerm = { typed: CountedTerm; term: Term | undefined };

/** How many words may stand for a mistyped one. */
const MAX_ALTERNATIVES = 20;

/**
 * The words of a query with the words of the catalogue that are like them. `hopeless`: nothing has all the words as typed, so that a
 * short one which the catalogue has may be mistyped too.
 */
export async function withSlips(search: BookSearch, terms: CountedTerm[], hopeless: boolean): Promise<SlipTerm[]> {
  return await Promise.all(terms.map(async (typed) => {
    const known = typed.count > 0;
    const slips = hopeless && typed.word.text.length === 4 ? mostSlipsIn(typed.word.text) : slipsIn(typed.word.text);
    let alternatives = await alternativesOf(search, typed, slips);
    if (!known && alternatives.length === 0) {
      alternatives = await alternativesOf(search, typed, mostSlipsIn(typed.word.text));
    }
    return { typed, term: slipTerm(typed, alternatives) };
  }));
}

type Alternative = { word: string; quality: number; count: number };

function slipTerm(typed: CountedTerm, alternatives: Alternative[]): Term | undefined {
  const isKnown = typed.count > 0;
  const term = typedTerm(typed);
  if (alternatives.length === 0) return isKnown ? term : undefined;
  const tokens = new Map(isKnown ? term.tokens : []);
  for (const { word, quality } of alternatives) {
    if (!tokens.has(word)) tokens.set(word, quality);
  }
  const count = isKnown ? typed.count : alternatives.reduce((all, one) => all + one.count, 0);
  return { ...term, tokens, weight: weightOf(count) };
}

/** Words that some book has and that are like a typed one, the best first. */
async function alternativesOf(search: BookSearch, { word }: CountedTerm, slips: number): Promise<Alternative[]> {
  if (slips === 0 || word.quoted || word.field === "isbn") return [];
  const like = await search.wordsLike(word.text, slips, word.prefix);
  if (like.length === 0) return [];
  const counts = await search.counts(like.map((one) => ({ text: one.word, prefix: false })), COMMON);
  return like.map((one, at) => ({ word: one.word, quality: qualityOf(word.text, one), count: counts[at]! }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.quality - a.quality || b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, MAX_ALTERNATIVES);
}

/** The reading in which each word may be mistyped, if each stands for some word of the catalogue. */
export function slipReading(slips: SlipTerm[]): Reading | undefined {
  const terms = slips.flatMap(({ term }) => term ?? []);
  return terms.length === slips.length ? { terms, quality: 1, any: false } : undefined;
}

/** A reading with two words written as one or one as two counts less. */
export const JOINED = 0.9;
const MAX_SPLITS = 3;
const MIN_SPLIT = 3;

/** The readings in which two typed words are one, or a typed word is two. */
export async function joinsAndSplits(search: BookSearch, slips: SlipTerm[]): Promise<Reading[]> {
  return (await Promise.all([joins(search, slips), splits(search, slips)])).flat();
}

async function joins(search: BookSearch, slips: SlipTerm[]): Promise<Reading[]> {
  const pairs = slips.slice(1).map(({ typed: { word } }, at) => ({
    word: { ...word, forms: [], text: slips[at]!.typed.word.text + word.text },
    fits: !word.quoted && !slips[at]!.typed.word.quoted && word.field === slips[at]!.typed.word.field,
  }));
  if (pairs.length === 0) return [];
  const counts = await search.counts(pairs.map(({ word }) => ({ text: word.text, prefix: word.prefix })), COMMON);
  const readings: Reading[] = [];
  for (const [at, { word, fits }] of pairs.entries()) {
    if (!fits || counts[at] === 0) continue;
    const joined = typedTerm(await expandTerm(search, word, counts[at]!));
    const [before, after] = [slips.slice(0, at), slips.slice(at + 2)];
    readings.push(...readingOf([...before.map(({ term }) => term), joined, ...after.map(({ term }) => term)]));
  }
  return readings;
}

async function splits(search: BookSearch, slips: SlipTerm[]): Promise<Reading[]> {
  return (await Promise.all(slips.map(async ({ typed: { word, count } }, at) => {
    const readings: Reading[] = [];
    if (count > 0 || word.quoted || word.text.length < MIN_SPLIT || word.field === "isbn") return readings;
    const signs = [...word.text];
    const halves = signs.slice(1).map((_, cut) =>
      [signs.slice(0, cut + 1).join(""), signs.slice(cut + 1).join("")] as const
    );
    const known = await knownHalves(search, halves, word.prefix);
    const counts = await search.counts(
      known.flatMap(([one, other]) => [{ text: one, prefix: false }, { text: other, prefix: word.prefix }]),
      COMMON,
    );
    const best = known.map((pair, at) => ({ pair, counts: [counts[2 * at]!, counts[2 * at + 1]!] as const }))
      .sort((a, b) => shortest(b.pair) - shortest(a.pair) || Math.min(...b.counts) - Math.min(...a.counts))
      .slice(0, MAX_SPLITS);
    const [before, after] = [slips.slice(0, at), slips.slice(at + 1)];
    for (const { pair: [one, other], counts: [ones, others] } of best) {
      const half = (text: string, prefix: boolean, count: number) =>
        expandTerm(search, { ...word, text, forms: [], prefix }, count);
      const two = [await half(one, false, ones), await half(other, word.prefix, others)].map(typedTerm);
      readings.push(...readingOf([...before.map(({ term }) => term), ...two, ...after.map(({ term }) => term)]));
    }
    return readings;
  }))).flat();
}

/** The pairs of halves of which some book has both, those that may be among the best. Whether a word is there is asked at less cost than how often. */
async function knownHalves(search: BookSearch, halves: (readonly [string, string])[], prefix: boolean) {
  const first = await search.counts(halves.map(([text]) => ({ text, prefix: false })), 1);
  const begun = halves.filter((_, cut) => first[cut]! > 0);
  const second = await search.counts(begun.map(([, text]) => ({ text, prefix })), 1);
  const known = begun.filter((_, at) => second[at]! > 0).sort((a, b) => shortest(b) - shortest(a));
  const last = known[MAX_SPLITS - 1];
  return last === undefined ? known : known.filter((pair) => shortest(pair) >= shortest(last));
}

const shortest = (pair: readonly [string, string]): number => Math.min(pair[0].length, pair[1].length);

const readingOf = (terms: (Term | undefined)[]): Reading[] => {
  const known = terms.filter((term) => term !== undefined);
  return known.length < terms.length ? [] : [{ terms: known, quality: JOINED, any: false }];
};

/** The query with each unknown word as it stands in the best book; undefined where nothing changes. `text`: its normal form. */
export function correctedBy(slips: SlipTerm[], best: SearchDocument, text: string): string | undefined {
  const have = [...best.words, ...best.others, ...best.seriesWords, ...best.authors, ...best.subjects];
  const rights = new Map<string, string>();
  for (const { typed, term } of slips) {
    if (typed.count > 0 || term === undefined) continue;
    const [right] = have.filter((word) => term.tokens.has(word)).sort((a, b) =>
      term.tokens.get(b)! - term.tokens.get(a)!
    );
    if (right !== undefined) rights.set(typed.word.text, right);
  }
  if (rights.size === 0) return undefined;
  const typed = text.split(" ");
  // The words of a query are there once each, and without signs.
  const words = [...rights.keys()].every((word) => typed.includes(word))
    ? typed
    : slips.map((one) => one.typed.word.text);
  return words.map((word) => rights.get(word) ?? word).join(" ");
}

/** A word of at most so many books may be mistyped, where one that is like it has far more. */
const RARE = 5;
const TIMES_MORE = 20;

/** The query with its rare words replaced by far more frequent ones that are one slip away, if there are any. */
export async function likelierQuery(search: BookSearch, terms: CountedTerm[]): Promise<string | undefined> {
  let changed = false;
  const words: string[] = [];
  for (const typed of terms) {
    const { word, count } = typed;
    const rare = count > 0 && count <= RARE && word.text.length > 4;
    const like = rare ? await alternativesOf(search, { ...typed, word: { ...word, prefix: false } }, 1) : [];
    const likelier = like.filter((one) => one.count >= TIMES_MORE * count).sort((a, b) => b.count - a.count)[0];
    changed ||= likelier !== undefined;
    words.push(likelier?.word ?? word.text);
  }
  return changed ? words.join(" ") : undefined;
}
