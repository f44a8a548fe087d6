import {
  apostrophesOf,
  CJK,
  cut,
  fold,
  isbn13Of,
  joinInitials,
  normalForm,
  NOT_WORD,
  PLAIN,
  separateWords,
} from "./text.ts";
import { spellOut } from "./letters.ts";
import { remembered } from "./remembered.ts";

/** How many texts are memoized, which takes about 2 MB. */
const REMEMBERED = 2_000;
/** Words of a query after the first ten are ignored, as in Meilisearch. */
const MOST_WORDS = 10;
const LONGEST = 64;
const CJK_OR_OTHER =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu;
const HYPHENS = /[\u002d\u2010-\u2015\u2212]/;

/** The words of a text in order, CJK as bigrams, and other forms by which the text is found too. */
export const readWords = remembered(REMEMBERED, wordsIn);
type Words = { readonly words: readonly string[]; readonly others: readonly string[] };

function wordsIn(text: string): Words {
  const words: string[] = [];
  const others = new Set<string>();
  const separate = separateWords(text);
  const joined = joinInitials(separate);
  for (const word of joined.split(" ")) {
    if (word === "") continue;
    const inOrder = signs(word, false);
    words.push(...inOrder);
    if (CJK.test(word)) { for (const sign of signs(word, true)) others.add(sign); }
    for (const form of formsOf(word)) others.add(form);
  }
  if (joined !== separate) { for (const word of separate.split(" ")) if ([...word].length === 1) others.add(word); }
  for (const form of partForms(text)) others.add(form);
  for (const word of words) others.delete(word);
  return { words, others: [...others] };
}

/** The tokens by which a text is found. */
export function indexTokens(text: string): string[] {
  const { words, others } = readWords(text);
  return [...new Set([...words, ...others])];
}

/** The distinct words of a query, in order. An ISBN is one token of 13 digits. The last word may be unfinished. */
export function queryTokens(query: string): string[] {
  const isbn = isbn13Of(query);
  if (isbn !== undefined) return [isbn];
  return [...new Set(readWords(query).words)].slice(0, MOST_WORDS);
}

const ROMAN = new Map(Object.entries({
  ii: "2",
  iii: "3",
  iv: "4",
  v: "5",
  vi: "6",
  vii: "7",
  viii: "8",
  ix: "9",
  x: "10",
  xi: "11",
  xii: "12",
  xiii: "13",
  xiv: "14",
  xv: "15",
  xvi: "16",
  xvii: "17",
  xviii: "18",
  xix: "19",
  xx: "20",
}));
const AND = new Set(["und", "et", "og", "och", "y"]);

/** A number with leading zeros, as in `Vol. 02`. */
const LEADING_ZERO = /^0+[1-9]\d*$/;

/** Other forms of a word, for titles and for queries: `2` for `ii` and for `02`, `and` for `und`. */
export function formsOf(word: string): string[] {
  const digits = ROMAN.get(word);
  if (digits !== undefined) return [digits];
  if (LEADING_ZERO.test(word)) return [word.replace(/^0+/, "")];
  return AND.has(word) ? ["and"] : [];
}

/** Other forms of compound words: hyphenated parts joined, parts around an apostrophe, umlauts spelt out. */
function partForms(text: string): string[] {
  const forms: string[] = [];
  for (const chunk of apostrophesOf(text).split(/\s+/u)) {
    if (HYPHENS.test(chunk)) {
      const halves = fold(chunk).replace(/'/g, "").split(NOT_WORD).filter((word) => word !== "");
      if (halves.length > 1) forms.push(cut(halves.join(""), LONGEST));
    }
    if (chunk.includes("'")) {
      const parts = fold(chunk).split("'").map((part) => normalForm(part)).filter((part) => part !== "");
      if (parts.length > 1) forms.push(...parts.filter((part) => part !== "s" && !part.includes(" ")));
    }
    if (PLAIN.test(chunk)) continue;
    const lower = chunk.normalize("NFC").toLowerCase();
    const spelt = spellOut(lower);
    if (spelt !== lower) forms.push(...normalForm(spelt).split(" ").map((word) => cut(word, LONGEST)));
  }
  return forms;
}

/** Tokens of a word: bigrams of a CJK run (and single characters, for the index); any other word stays whole. */
function signs(word: string, single: boolean): string[] {
  if (PLAIN.test(word) || !CJK.test(word)) return [cut(word, LONGEST)];
  const tokens: string[] = [];
  for (const run of word.match(CJK_OR_OTHER) ?? []) {
    if (!CJK.test(run)) {
      tokens.push(cut(run, LONGEST));
      continue;
    }
    const all = [...run];
    if (single || all.length === 1) tokens.push(...all);
    for (let at = 0; at + 1 < all.length; at++) tokens.push(`${all[at]}${all[at + 1]}`);
  }
  return tokens;
}
