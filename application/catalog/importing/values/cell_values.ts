import { DAY } from "@/domain/hours.ts";
import { remembered } from "@/domain/remembered.ts";
import { readTitle } from "@/domain/title.ts";
import { isbn13Of } from "@/domain/text.ts";
import { LANGUAGE } from "./language_codes.ts";

/**
 * `1965`, `1965.0`, `1,965`, `-750`, `c1999`, `[2009]`, `March 1987`, `2008-01-01T00:00:00`, `20080101`. Undefined where there is no year to
 * be seen.
 */
export function yearOf(text: string): number | undefined {
  // First: `2,000` is no year 2.
  const plain = /^\d[.,]\d{3}$/.exec(text.trim())?.[0].replace(/[.,]/, "") ??
    /^([-−]?\d{1,4})(?:[.,]0+)?$/.exec(text.trim())?.[1]?.replace("−", "-") ??
    /^(\d{4})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.exec(text.trim())?.[1];
  const before = BEFORE_CHRIST.exec(text.trim())?.[1];
  const year = Number(before === undefined ? plain ?? IN_TEXT.exec(text)?.[1] ?? romanYear(text) : `-${before}`);
  // Year 0 stands for unknown in many files; Calibre writes the year 101 for it.
  return Number.isInteger(year) && year !== 0 && !/^0101-01-01/.test(text.trim()) ? year : undefined;
}

/** Four digits that are no part of a number; a day and a month may stand before them (`12.05.1999`). */
const IN_TEXT = /(?:(?<![\d.,])|(?<=(?<![\d.,])\d{1,2}\.\s?\d{1,2}\.\s?))(\d{4})(?!\d)/;
const BEFORE_CHRIST = /^(?:c|ca)?\.?\s*(\d{1,4})\s*(?:b\.?\s?c\.?(?:\s?e\.?)?|v\.\s?chr\.)$/i;

/** `MCMXCIX`, as title pages have it. The pattern holds no value below 1000, so that no word is taken for one. */
const ROMAN = /^[[(\s]*(M{1,2})(C[MD]|D?C{0,3})(X[CL]|L?X{0,3})(I[XV]|V?I{0,3})[\])\s.]*$/;
const ROMAN_DIGITS = [
  ["M", "MM"],
  ["C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"],
  ["X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"],
  ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"],
];
function romanYear(text: string): number | undefined {
  const found = ROMAN.exec(text);
  if (found === null) return undefined;
  const digits = ROMAN_DIGITS.map((values, place) => values.indexOf(found[place + 1]!) + 1);
  return Number(digits.join(""));
}

/** The first day of the year 2064. */
const SERIAL_END = 59_901;

/** The year of a date, which a spreadsheet may write as the days since the end of 1899: `36526`. */
export function yearOfDate(text: string): number | undefined {
  const days = /^[1-9]\d{4}(?:[.,]\d+)?$/.test(text.trim()) ? parseInt(text, 10) : NaN;
  return days < SERIAL_END ? new Date(Date.UTC(1899, 11, 30) + days * DAY).getUTCFullYear() : yearOf(text);
}

/** Thousands with one sign between all of them. Nothing but a fraction has a zero in front. */
const GROUPED = /^[1-9]\d{0,2}([.,' \u00a0\u202f])\d{3}(?:\1\d{3})*(?=$|[.,]0+$)/;

/** `12`, `12.0`, `4,780,653`, `4.780.653`, `4 780 653`. */
export function countOf(text: string): number | undefined {
  const digits = text.trim().replace(GROUPED, (grouped) => grouped.replace(/\D/g, ""));
  if (!/^\d+([.,]0+)?$/.test(digits)) return undefined;
  const value = Number(digits.replace(/[.,]0+$/, ""));
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Codes that say that there is no one language. */
const NONE = /^(und|mul|zxx|mis|xxx|\|\|\|)$/;
const names = new Map<string, string>();

/** The code of a language that is given by a code of either kind, by its key or by its name; null where it says that there is none. */
export function languageOf(text: string): string | null | undefined {
  const parts = text.replace(/\([^()]*\)\s*$/, "").trim().split("/");
  // An address or a key ends in the code; of several languages the first one is taken.
  const found = (/^(?:\/|https?:)/.test(text.trim()) ? parts.at(-1)! : parts[0]!).trim().toLowerCase().replaceAll(
    "_",
    "-",
  );
  if (NONE.test(found)) return null;
  if (/^[a-z]{2,3}\.?$|^[a-z]{2,3}(-[a-z0-9]{2,8})+$/.test(found)) {
    const [language, ...rest] = found.replace(".", "").split("-") as [string, ...string[]];
    return [LANGUAGE[language] ?? canonical(language), ...rest].join("-");
  }
  return languageNames().get(found);
}

const canonical = remembered(500, (code) => {
  try {
    return new Intl.Locale(code).language;
  } catch {
    return code;
  }
});

/** Those in whose languages the other ones are named, too. */
const NAMERS = ["en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb"].map((code) =>
  new Intl.DisplayNames(code, { type: "language" })
);

/** Languages by their names in themselves and in those that columns are known in. */
function languageNames(): Map<string, string> {
  if (names.size > 0) return names;
  const english = new Intl.DisplayNames("en", { type: "language", fallback: "none" });
  const pairs = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  // What catalogues write most comes first, as some languages have two codes.
  for (const code of [...Object.values(LANGUAGE), ...pairs.filter((pair) => english.of(pair) !== undefined)]) {
    const own = new Intl.DisplayNames(code, { type: "language" });
    for (const namer of [...NAMERS, own]) {
      const name = (namer.of(code) ?? code).toLowerCase();
      if (!names.has(name)) names.set(name, canonical(code));
    }
  }
  return names;
}
const LETTERS = Array.from("abcdefghijklmnopqrstuvwxyz");

/** The first valid ISBN in a text. Lost leading zeros are restored; `9.78043902348e+12` of a spreadsheet is not valid. */
export function isbnIn(text: string): string | undefined {
  if (/^[\d.,]+e\+?\d+$/i.test(text.trim())) return undefined;
  const bare = text.trim().replace(/\.0+$/, "");
  const whole = isbn13Of(bare) ?? (/^\d{7,9}[\dX]?$/i.test(bare) ? isbn13Of(bare.padStart(10, "0")) : undefined);
  if (whole !== undefined) return whole;
  const found = text.match(/(?<![\d.])(?:97[89][-– ]?)?(?:\d[-– ]?){9}[\dXx](?![\d.])/g) ?? [];
  return found.map((one) => isbn13Of(one)).find((isbn) => isbn !== undefined);
}

/**
 * `The Salt Lantern (Harbour Cycle, #1)`: catalogues write series and number behind the title. Of several the first is taken, and the
 * others stay there.
 */
export function withoutSeries(title: string): { title: string; series?: string; number?: string } {
  const { bare, brackets, series } = readTitle(title);
  // Of several brackets, or of a number with more behind it, nothing would bring the title back.
  if (series === undefined || series.name === "" || brackets.length !== 1 || !PLAIN_NUMBER.test(series.number)) {
    return { title };
  }
  const [, ...others] = brackets[0]!.split(";").map((part) => part.trim()).filter((part) => part !== "");
  const rest = others.length === 0 ? "" : ` (${others.join("; ")})`;
  return { title: bare + rest, series: series.name, number: series.number };
}
const PLAIN_NUMBER = /^\d+(?:\.\d+)?(?:[-–]\d+(?:\.\d+)?)?$/;
