/**
 * The one normaliser of the suite: titles, authors, subjects and queries all pass through it, for the index and for the
 * query alike, so that every store finds the same books.
 */

/** Latin letters that Unicode does not decompose, and letters that readers take for one another. */
const LETTERS: Record<string, string> = {
  "ß": "ss",
  "æ": "ae",
  "œ": "oe",
  "ø": "o",
  "ł": "l",
  "đ": "d",
  "ð": "d",
  "þ": "th",
  "ı": "i",
  "ς": "σ",
  "ى": "ي",
  "ة": "ه",
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "gu");

/** ASCII has nothing to fold but its capitals. */
const PLAIN = /^[\0-\x7f]*$/;
/** Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic. Marks of other scripts are letters. */
const ACCENT = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
const APOSTROPHE = /['’‘ʼ`´]/g;
const NOT_WORD = /[^\p{L}\p{N}\p{M}]+/gu;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/u;
const CJK_OR_OTHER =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu;
const HYPHENS = /[\u002d\u2010-\u2015\u2212]/;

/** Lower case without accents: `Éloge` → `eloge`. Length may change. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  const bare = text.normalize("NFKD").replace(ACCENT, "").normalize("NFC").toLowerCase().replace(ACCENT, "");
  return bare.replace(LETTER, (letter) => LETTERS[letter] ?? letter);
}

/** The normal form of a text: folded words with one space between. Equal for texts that a reader would call the same. */
export function normalForm(text: string): string {
  return fold(text).replace(APOSTROPHE, "").replace(NOT_WORD, " ").trim();
}

/** The first `most` characters of a text, none of them cut in two. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : Array.from(text).slice(0, most).join("");

/**
 * The words of a text in order, CJK as pairs of signs, and other forms by which it is found too: both halves of a hyphenated word
 * as one, single signs of CJK.
 */
export function readWords(text: string): { words: string[]; others: string[] } {
  const words: string[] = [];
  const others: string[] = [];
  for (const chunk of fold(text).replace(APOSTROPHE, "").split(/\s+/u)) {
    const inChunk = chunk.split(NOT_WORD).filter((word) => word !== "");
    for (const word of inChunk) {
      const inOrder = signs(word, false);
      words.push(...inOrder);
      if (CJK.test(word)) others.push(...signs(word, true).filter((token) => !inOrder.includes(token)));
    }
    if (inChunk.length > 1 && HYPHENS.test(chunk)) others.push(cut(inChunk.join(""), LONGEST));
  }
  return { words, others };
}

/** The words that a text is found by: folded words, both halves and the join of hyphenated ones, CJK signs and pairs. */
export function indexTokens(text: string): string[] {
  const { words, others } = readWords(text);
  return [...new Set([...words, ...others])];
}

/** The words of a query, in order, without repeats; an ISBN stays as its 13 digits. The last word may be unfinished. */
export function queryTokens(query: string): string[] {
  const isbn = isbn13Of(query);
  if (isbn !== undefined) return [isbn];
  const words = normalForm(query).split(" ").filter((word) => word !== "");
  return [...new Set(words.flatMap((word) => signs(word, false)))].slice(0, MOST_WORDS);
}

/** Words of a query that are looked at; the rest is ignored, as in Meilisearch. */
const MOST_WORDS = 10;
const LONGEST = 64;

/** A run of CJK becomes its pairs of signs (and single signs, for the index); another word stays whole. */
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

/** The ISBN-13 that a text spells (hyphens and spaces allowed, ISBN-10 converted), or undefined. Checks the check digit. */
export function isbn13Of(text: string): string | undefined {
  const digits = text.replace(/[\s\u002d\u2010-\u2015]/g, "").toUpperCase();
  if (/^\d{13}$/.test(digits)) return checkDigit13(digits.slice(0, 12)) === digits[12] ? digits : undefined;
  if (!/^\d{9}[\dX]$/.test(digits)) return undefined;
  const sum = [...digits].reduce((total, digit, at) => total + (10 - at) * (digit === "X" ? 10 : Number(digit)), 0);
  if (sum % 11 !== 0) return undefined;
  const first = `978${digits.slice(0, 9)}`;
  return first + checkDigit13(first);
}

/** ISO 2108: weights 1 and 3 in turn, the complement to ten. */
function checkDigit13(first12: string): string {
  const sum = [...first12].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return String((10 - (sum % 10)) % 10);
}
