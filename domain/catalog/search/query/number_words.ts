import { germanNumber } from "./german_numbers.ts";

export const CARDINALS =
  "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    .split(" ");
export const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const ORDINALS =
  "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
    .split(" ");
const ORDINAL_ENDINGS = ["st", "nd", "rd"];

/** Round numbers that are one word in French, Spanish and Italian, without those that are also English words. */
const ROUND = [
  "20 vingt 30 trente 40 quarante 50 cinquante 60 soixante 80 quatrevingts 100 cent 1000 mille",
  "20 veinte 30 treinta 40 cuarenta 50 cincuenta 60 sesenta 70 setenta 80 ochenta 90 noventa 100 cien 1000 mil",
  "20 venti 30 trenta 40 quaranta 50 cinquanta 60 sessanta 70 settanta 80 ottanta 90 novanta 100 cento 1000 mille 20000 ventimila",
].map((line) => new Map(line.matchAll(/(\d+) (\S+)/g).map(([, value, word]) => [Number(value), word!])));

const FORMS = new Map<string, Set<string>>();

function addForm(word: string, other: string): void {
  FORMS.set(word, (FORMS.get(word) ?? new Set()).add(other));
}

function addBoth(value: number, word: string): void {
  addForm(word, String(value));
  addForm(String(value), word);
}

for (const [at, word] of CARDINALS.entries()) addBoth(at + 1, word);
for (const [at, word] of TENS.entries()) addBoth(10 * (at + 2), word);
for (const language of ROUND) for (const [value, word] of language) addBoth(value, word);
for (const [at, word] of ORDINALS.entries()) {
  const digits = `${at + 1}${ORDINAL_ENDINGS[at] ?? "th"}`;
  addForm(word, digits);
  addForm(digits, word);
  if (at < 10) addForm(word, String(at + 1));
}

/** The maximum number of digits to convert to a German word. */
const LONGEST = 5;
const DIGITS = /^[1-9]\d*$/;

/** The other forms of a number that is one word, from words to digits and back: `three` → `3`, `3` → `three`, `fifth` → `5th`. */
export function numberForms(word: string): readonly string[] {
  const known = FORMS.get(word) ?? [];
  if (DIGITS.test(word)) return word.length > LONGEST ? [] : [...known, ...germanNumber.inWords(Number(word))];
  return [...known, ...germanNumber.inDigits(word)];
}

/** A number of thousands in two words, in French and Spanish: `20` → `vingt mille`, `veinte mil`. */
export const roundThousands = (count: number): string[] =>
  ROUND.slice(0, 2).flatMap((language) => language.has(count) ? `${language.get(count)} ${language.get(1_000)}` : []);
