const UNITS = "ein zwei drei vier funf sechs sieben acht neun".split(" ");
const TEENS = "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn".split(" ");
const TENS = "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig".split(" ");
/** The smallest number that is converted. Words of smaller ones have other meanings, too: `elf`, `ein`. */
const LEAST = 12;

/** The words of the numbers from 0 (an empty string) to 99. */
const BELOW_HUNDRED = [
  "",
  ...UNITS,
  ...TEENS,
  ...TENS.flatMap((ten) => [ten, ...UNITS.map((unit) => `${unit}und${ten}`)]),
];
const VALUES = new Map(BELOW_HUNDRED.map((word, value) => [word, value]));

/** Converts German numbers, which are one word each, from and to digits. Words are in normal form. */
export const germanNumber = {
  /** `1984` → `neunzehnhundertvierundachtzig`. Values from 1100 to 1999 are read as years. There is no leading `ein`. */
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
