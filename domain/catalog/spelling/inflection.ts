const PAIRS =
  "man men woman women child children mouse mice louse lice foot feet tooth teeth goose geese person people";
const IRREGULAR = new Map<string, string>();
const words = PAIRS.split(" ");
for (let at = 0; at < words.length; at += 2) {
  IRREGULAR.set(words[at]!, words[at + 1]!);
  IRREGULAR.set(words[at + 1]!, words[at]!);
}
/** Endings of one and of many. */
const ENDINGS: [one: string, many: string][] = [["y", "ies"], ["f", "ves"], ["fe", "ves"], ["", "es"], ["", "s"]];

/** An English word in the other number, in each way that it may be: `fly` → `flies`. */
export function otherNumbers(word: string): string[] {
  const irregular = IRREGULAR.get(word);
  const forms = irregular === undefined ? [] : [irregular];
  for (const [one, many] of ENDINGS) {
    if (word.endsWith(many)) forms.push(word.slice(0, -many.length) + one);
    if (word.endsWith(one)) forms.push(word.slice(0, word.length - one.length) + many);
  }
  return [...new Set(forms)];
}
