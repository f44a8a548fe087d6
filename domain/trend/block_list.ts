import { isbn13Of, normalForm } from "@/domain/text.ts";

/** Says of a query, by its normal form and as it would be shown, whether it is kept out of public lists. */
export type IsBlocked = (normal: string, shown: string) => boolean;

const E_MAIL = /[^\s@]@[^\s@]+\.[^\s@.]{2,}/u;
const WEB_ADDRESS = /https?:\/\/|\bwww\./iu;
const YEARS = /^(?:(?:1\d|20)\d\d\D*)+$/;
/** Digits with what people put between them. */
const DIGITS = /\+?\d(?:[\s()./-]*\d)+/g;
/** Digits of the shortest telephone number that is taken for one. */
const PHONE_DIGITS = 7;

/** What is never shown in a public list: an e-mail address, a telephone number, the address of a page. */
export const isPrivate: IsBlocked = (normal, shown) =>
  E_MAIL.test(shown) || WEB_ADDRESS.test(shown) || isPhone(shown) || isPhone(normal);

/** Whether a text has a telephone number in it; years and ISBNs are none. */
function isPhone(text: string): boolean {
  if (isbn13Of(text) !== undefined) return false;
  const numbers = text.match(DIGITS) ?? [];
  return numbers.some((number) => number.replace(/\D/g, "").length >= PHONE_DIGITS && !YEARS.test(number));
}

/**
 * A block list of entries: words and phrases, which are compared by their normal form and as whole words, and patterns between
 * slashes (`/\bcasino\d+/`), which are looked for in what would be shown, whatever its case. Throws at a pattern that is none.
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
