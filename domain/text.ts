/**
 * The normaliser of titles, authors, subjects and queries. The index and the query use the same one, so that every
 * store finds the same books.
 */
import { unifyLetters } from "./letters.ts";
import { remembered } from "./remembered.ts";

/** ASCII text, of which only capitals have to be folded. */
export const PLAIN = /^[\0-\x7f]*$/;
/** Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic. In other scripts marks are part of a word. */
const ACCENT = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
/** Characters that people type for an apostrophe. NFKD turns some of them into a space, so they are replaced before it. */
const APOSTROPHES =
  /[\u2018\u2019\u201b\u02b9\u02bb-\u02bd\u02bf\u0060\u00b4\u2032\u2035\uff07\ua78b\ua78c\u055a\u05f3]/g;
const INVISIBLE = /[\p{Cf}\ufe00-\ufe0f]/gu;
export const NOT_WORD = /[^\p{L}\p{N}\p{M}]+/gu;
export const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/u;
/** Spaces and middle dots between CJK characters, which do not separate words. */
const CJK_GAP =
  /(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー])[\s・･·]+(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー])/gu;

/** Lower case without accents: `Éloge` → `eloge`. The length may change. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  const decomposed = apostrophesOf(apostrophesOf(text).replace(INVISIBLE, "").normalize("NFKD")).replace(ACCENT, "");
  return unifyLetters(decomposed.normalize("NFC").toLowerCase().replace(ACCENT, "")).normalize("NFC");
}

/** Replaces every kind of apostrophe by `'`. */
export const apostrophesOf = (text: string): string => text.replace(APOSTROPHES, "'");

const DIGIT_GROUP = /(?<=\d)(?:[,.'\u00a0\u2009\u202f](?=\d{3}(?!\d))| (?=000(?!\d)))/g;
/** `20,000` and `20 000` → `20000`. */
export const joinDigitGroups = (text: string): string => text.replace(DIGIT_GROUP, "");
/** Names with symbols: `C++`, `C#`, `F#`, `.NET`. */
const PLUS_PLUS = /(?<=\p{L})\+\+(?!\+)/gu;
const SHARP = /(?<=\p{L})[#♯](?![\p{L}\p{N}])/gu;
const DOT_NET = /(?<![\p{L}\p{N}])\.net(?![\p{L}\p{N}])/gu;
/** Consecutive initials, which become one word: `J. R. R.` is also written as `JRR`. */
const INITIALS =
  /(?<![^ ])[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}](?: [\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}])+(?![^ ])/gu;

/** A cheap test before `INITIALS`: two consecutive words of one letter (one or two UTF-16 units). */
const MAYBE_INITIALS = /(?:^| )[^ ]{1,2} [^ ]{1,2}(?: |$)/;

/** The normal form of a text: folded words, separated by one space. Texts that readers take for the same have the same form. */
export const normalForm = remembered(2_000, (text) => joinInitials(separateWords(text)));

/** ASCII letters, digits and single spaces, as in most titles and names. Only lower case is needed for them. */
const BARE_WORDS = /^[a-z0-9]+(?: [a-z0-9]+)*$/i;
const SPACED_DIGITS = /\d 000/;

/** As `normalForm`, but initials stay separate words. */
export function separateWords(text: string): string {
  if (BARE_WORDS.test(text) && !SPACED_DIGITS.test(text)) return text.toLowerCase();
  return separateAnyWords(text);
}

function separateAnyWords(text: string): string {
  const named = fold(joinDigitGroups(apostrophesOf(text))).replace(PLUS_PLUS, "pp ").replace(SHARP, "sharp ")
    .replace(DOT_NET, " dotnet ").replace(/&/g, " and ");
  const words = named.replace(/'/g, "").replace(NOT_WORD, " ").trim().replace(CJK_GAP, "");
  // A title that has only symbols is found by them.
  return words === "" ? named.replace(/[\s\p{C}]+/gu, "") : words;
}

export const joinInitials = (words: string): string =>
  MAYBE_INITIALS.test(words) ? words.replace(INITIALS, (initials) => initials.replaceAll(" ", "")) : words;

/** The first `most` characters (code points) of a text. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : Array.from(text).slice(0, most).join("");

const ISBN_SIGN = /^\s*isbn(?:[\s\u002d]?1[03])?[\s:]*/i;

/**
 * The ISBN-13 that a text is, or undefined. Hyphens, spaces and a leading `ISBN` are allowed; an ISBN-10 is converted.
 * The check digit must be right, and an EAN must begin with 978 or 979.
 */
export function isbn13Of(text: string): string | undefined {
  const digits = text.replace(ISBN_SIGN, "").replace(/[\s\u002d\u2010-\u2015\u2212]/g, "").toUpperCase();
  if (/^97[89]\d{10}$/.test(digits)) return checkDigit13(digits.slice(0, 12)) === digits[12] ? digits : undefined;
  if (!/^\d{9}[\dX]$/.test(digits) || /^0+$/.test(digits)) return undefined;
  const sum = [...digits].reduce((total, digit, at) => total + (10 - at) * (digit === "X" ? 10 : Number(digit)), 0);
  if (sum % 11 !== 0) return undefined;
  const first = `978${digits.slice(0, 9)}`;
  return first + checkDigit13(first);
}

/** The check digit of ISO 2108: weights 1 and 3 in turn, then the complement to ten. */
function checkDigit13(first12: string): string {
  const sum = [...first12].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return String((10 - (sum % 10)) % 10);
}
