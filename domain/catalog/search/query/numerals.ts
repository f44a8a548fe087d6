import { CARDINALS, roundThousands, TENS } from "./number_words.ts";

const VALUES = new Map([
  ...CARDINALS.map((word, at): [string, number] => [word, at + 1]),
  ...TENS.map((word, at): [string, number] => [word, 10 * (at + 2)]),
]);
const MILLION = 1_000_000;
const MULTIPLES = new Map([["hundred", 100], ["thousand", 1_000], ["million", MILLION]]);
/** `a hundred`; the nought of `nineteen oh five`. */
const ONE = "a";
const NOUGHT = "oh";
const DIGITS = /^[1-9]\d{1,6}$/;
/** The maximum number of spellings of a text: as a year, with `and`, without `one`. */
const MAX_FORMS = 4;

/**
 * The usual spellings of a text with its words for numbers in digits, and its digits in English words: `catch twenty two` → `catch 22`,
 * `1984` → `nineteen eighty four`. Empty when all its numbers are single words, which `numberForms` covers.
 */
export function otherNumerals(text: string): string[] {
  const parts: string[][] = [];
  let isLong = false;
  const words = text.split(" ");
  for (let at = 0; at < words.length;) {
    const length = lengthOfNumber(words, at);
    const forms = length > 0 ? inDigits(words.slice(at, at + length)) : inWords(words[at]!);
    isLong ||= forms.length > 0 && (length > 1 || MULTIPLES.has(words[at]!)) ||
      forms.some((form) => form.includes(" "));
    parts.push(forms.length > 0 ? forms : words.slice(at, at + Math.max(1, length)));
    at += Math.max(1, length);
  }
  if (!isLong) return [];
  const most = Math.min(MAX_FORMS, Math.max(...parts.map(({ length }) => length)));
  return [...new Set(Array.from({ length: most }, (_, at) => parts.map((forms) => forms[at] ?? forms[0]).join(" ")))];
}

/** The number of words, from `start` on, that make one number or several adjacent ones. */
function lengthOfNumber(words: string[], start: number): number {
  let at = start;
  for (; at < words.length; at++) {
    const [word, next] = [words[at]!, words[at + 1] ?? ""];
    const goesOn = (word === ONE && at === start && MULTIPLES.has(next)) ||
      (word === "and" && MULTIPLES.has(words[at - 1] ?? "") && at > start && VALUES.has(next)) ||
      (word === NOUGHT && at > start && (VALUES.get(next) ?? 10) < 10);
    if (!goesOn && !VALUES.has(word) && !MULTIPLES.has(word)) break;
  }
  return at - start;
}

/** `nineteen eighty four` → `1984`, `19 84`; `one hundred and one` → `101`. */
function inDigits(words: string[]): string[] {
  const said = words.filter((word) => word !== "and" && word !== ONE);
  if (said.some((word) => MULTIPLES.has(word))) {
    const value = cardinalOf(said);
    return Number.isSafeInteger(value) ? [String(value)] : [];
  }
  const pieces: string[] = [];
  let isOpen = false;
  for (const word of said) {
    const value = VALUES.get(word);
    if (value === undefined) pieces.push("0");
    else if (isOpen && value < 10) pieces.push(String(Number(pieces.pop()) + value));
    else if (pieces.at(-1) === "0") pieces.push(`${pieces.pop()}${value}`);
    else pieces.push(String(value));
    isOpen = value !== undefined && value >= 20;
  }
  const [, second = "", ...more] = pieces;
  const isOne = second.length === 2 && more.length === 0;
  return isOne ? [pieces.join(""), pieces.join(" ")] : [pieces.join(" ")];
}

function cardinalOf(words: string[]): number {
  let [sum, current] = [0, 0];
  for (const word of words) {
    const multiple = MULTIPLES.get(word);
    if (multiple === undefined) current += VALUES.get(word) ?? 0;
    else if (multiple === 100) current = Math.max(1, current) * multiple;
    else {
      sum += Math.max(1, current) * multiple;
      current = 0;
    }
  }
  return sum + current;
}

/** A number from 10 to a million in words. `numberForms` covers smaller ones. */
function inWords(digits: string): string[] {
  if (!DIGITS.test(digits)) return [];
  const value = Number(digits);
  if (value === MILLION) return ["one million", "million"];
  if (value > MILLION) return [];
  if (value < 100) return [below100(value)];
  const year = yearOf(value);
  if (year.length > 0 && value > 1_000 && value < 2_000) return year;
  return [...year, ...cardinals(value), ...(value % 1_000 === 0 ? roundThousands(value / 1_000) : [])];
}

const below100 = (value: number): string => {
  const [tens, units] = [Math.floor(value / 10), value % 10];
  if (value < 20) return CARDINALS[value - 1] ?? "";
  return units === 0 ? TENS[tens - 2]! : `${TENS[tens - 2]!} ${CARDINALS[units - 1]!}`;
};

/** `1984` → `nineteen eighty four`, `1905` → `nineteen oh five`, `451` → `four fifty one`. Nobody says `twenty hundred`. */
function yearOf(value: number): string[] {
  const [first, last] = [Math.floor(value / 100), value % 100];
  if (first > 99 || first % 10 === 0 || (value < 1_000 && last < 10)) {
    return value >= 2_010 && value < 2_100 ? [`twenty ${below100(last)}`] : [];
  }
  return [`${below100(first)} ${last === 0 ? "hundred" : last < 10 ? `${NOUGHT} ${below100(last)}` : below100(last)}`];
}

/** `101` → `one hundred and one`, `one hundred one`, `hundred and one`. */
function cardinals(value: number): string[] {
  const unit = value < 1_000 ? 100 : 1_000;
  const [count, rest] = [Math.floor(value / unit), value % unit];
  const name = unit === 100 ? "hundred" : "thousand";
  const counts = [...(count < 100 ? [below100(count)] : cardinals(count).slice(0, 1)), ...(count === 1 ? [""] : [])];
  const rests = rest === 0
    ? [""]
    : rest < 100
    ? [`and ${below100(rest)}`, below100(rest)]
    : cardinals(rest).slice(0, 1);
  return counts.flatMap((count) => rests.map((rest) => `${count} ${name} ${rest}`.trim()));
}
