import { isbn13Of, normalForm } from "@/domain/text.ts";

/** Whether a query, given by its normal form and its shown spelling, is kept out of public lists. */
export type IsBlocked = (normal: string, shown: string) => boolean;

const E_MAIL = /[^\s@]@[^\s@]+\.[^\s@.]{2,}/u;
const WEB_ADDRESS = /https?:\/\/|\bwww\./iu;
const YEARS = /^(?:(?:1\d|20)\d\d\D*)+$/;
/** Digits and the characters that people put between them. */
const DIGITS = /\+?\d(?:[\s()./-]*\d)+/g;
/** Shorter numbers are not taken for telephone numbers. */
const PHONE_DIGITS = 7;

/** Queries that a public list never shows: e-mail addresses, telephone numbers and URLs. */
export const isPrivate: IsBlocked = (normal, shown) =>
  E_MAIL.test(shown) || WEB_ADDRESS.test(shown) || isPhone(shown) || isPhone(normal);

/** Whether a text has a telephone number. Years and ISBNs are none. */
function isPhone(text: string): boolean {
  if (isbn13Of(text) !== undefined) return false;
  const numbers = text.match(DIGITS) ?? [];
  return numbers.some((number) => number.replace(/\D/g, "").length >= PHONE_DIGITS && !YEARS.test(number));
}

/**
 * Creates a block list. An entry is a word or phrase, compared by normal form with whole words, or a pattern between slashes
 * (`/\bcasino\d+/`), matched with the shown spelling without case. Throws on an invalid pattern.
 */
export function createBlockList(entries: string[]): IsBlocked {
  const patterns = entries.flatMap((entry) => {
    const pattern = /^\/(.+)\/$/.exec(entry)?.[1];
    return pattern === undefined ? [] : [new RegExp(pattern, "iu")];
  });
  const words = entries.filter((entry) => !/^\/.+\/$/.test(entry)).map(normalForm).filter((word) => word !== "");
  return (normal, shown) =>
    isPrivate(normal, shown) || words.some((word) => ` ${normal} `.includes(` ${word} `)) ||
    patterns.some((pattern) => pattern.test(shown));
}
