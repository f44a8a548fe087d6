const UNITS = "ein zwei drei vier funf sechs sieben acht neun".split(" ");
const TEENS = "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn".split(" ");
const TENS = "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig".split(" ");
/** Below it numbers are words of other languages, or of other meanings: `elf`, `ein`. */
const LEAST = 12;

/** Numbers up to 99 in words, by number; the first is empty. */
const BELOW_HUNDRED = [
  "",
  ...UNITS,
  ...TEENS,
  ...TENS.flatMap((ten) => [ten, ...UNITS.map((unit) => `${unit}und${ten}`)]),
];
const VALUES = new Map(BELOW_HUNDRED.map((word, value) => [word, value]));

/** German numbers, one word each, in the normal form. */
export const germanNumber = {
  /** `1984` → `neunzehnhundertvierundachtzig`. As a year where it may be one, and without `ein` in front. */
  inWords(value: number): string[] {
    if (value < LEAST) return [];
    const isYear = value >= 1_100 && value < 2_000;
    const [thousands, hundreds] = isYear
      ? [0, Math.floor(value / 100)]
      : [Math.floor(value / 1_000), Math.floor(value / 100) % 10];
    return [counted(thousands, "tausend") + counted(hundreds, "hundert") + BELOW_HUNDRED[value % 100]!];
  },

  /** `zwanzigtausend` → `20000`. */
  inDigits(word: string): string[] {
    const value = valueOf(word);
    return value === undefined || value < LEAST ? [] : [String(value)];
  },
};

/** One thousand and one hundred are said without the one. */
const counted = (count: number, unit: string): string =>
  count === 0 ? "" : (count === 1 ? "" : BELOW_HUNDRED[count] ?? "") + unit;

function valueOf(word: string): number | undefined {
  const [, thousands, hundreds, rest = ""] = /^(?:(.*)tausend)?(?:(.*?)hundert)?(.*)$/.exec(word) ?? [];
  const parts = [countOf(thousands), countOf(hundreds), VALUES.get(rest)];
  const [thousand, hundred, below] = parts;
  return thousand === undefined || hundred === undefined || below === undefined
    ? undefined
    : 1_000 * thousand + 100 * hundred + below;
}

/** How many of a unit: none where it is not there, one where no number stands before it. */
const countOf = (text: string | undefined): number | undefined => text === undefined ? 0 : VALUES.get(text) || 1;
