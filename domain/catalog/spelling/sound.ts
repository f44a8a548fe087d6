/** Spellings of one sound, in the order in which they are replaced. Vowels tell little, as people write them as they hear them. */
const SOUNDS: [spelling: RegExp, sound: string][] = [
  [/^(?:kn|gn|pn)/, "n"],
  [/^wr/, "r"],
  [/^ps/, "s"],
  [/^x/, "s"],
  [/mb$/, "m"],
  [/ph|v/g, "f"],
  [/tch|ch/g, "k"],
  [/sch?(?=[eiy])/g, "s"],
  [/c(?=[eiy])|z/g, "s"],
  [/ck|c|q/g, "k"],
  [/x/g, "ks"],
  [/(?<=[aeiouy])gh(?![aeiouy])/g, ""],
  [/dg|g(?=[eiy])/g, "j"],
  [/^[aeiouy]+/, "A"],
  [/w(?![aeiouy])|(?!^)h|[aeiouy]/g, ""],
  [/(.)\1+/g, "$1"],
];
const LATIN = /^[a-z]+$/;

/** How a word sounds, about as in English: equal for `steven` and `stephen`. Empty for words of other letters. */
export function soundOf(word: string): string {
  if (!LATIN.test(word)) return "";
  return SOUNDS.reduce((text, [spelling, sound]) => text.replace(spelling, sound), word);
}
