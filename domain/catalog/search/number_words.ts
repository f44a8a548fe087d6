const CARDINALS =
  "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    .split(" ");
const ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split(" ");
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

const VALUES = new Map([
  ...CARDINALS.map((word, at): [string, number] => [word, at + 1]),
  ...TENS.map((word, at): [string, number] => [word, 10 * (at + 2)]),
]);
const FORMS = new Map<string, string[]>([
  ...VALUES.entries().map(([word, value]): [string, string[]] => [word, [String(value)]]),
  ...VALUES.entries().map(([word, value]): [string, string[]] => [String(value), [word]]),
  ...ORDINALS.map((word, at): [string, string[]] => [word, [String(at + 1)]]),
]);

/** A number as a word or in digits, as the other of the two: `three` → `3`, `3` → `three`, `third` → `3`. */
export const numberForms = (word: string): readonly string[] => FORMS.get(word) ?? [];
