import type { Random } from "@/application/shared/random.ts";

/** The words of a text as they are written. */
export const wordsIn = (text: string): string[] => text.match(/[\p{L}\p{N}\p{M}'’]+/gu) ?? [];

export const withoutAccents = (text: string): string => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "");

const MIN_TYPO_LETTERS = 5;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** The text with one slip in one of its words of five letters or more: a letter left out, added, replaced, or two swapped. */
export function mistype(text: string, random: Random): string | undefined {
  const words = wordsIn(text).filter((word) => word.length >= MIN_TYPO_LETTERS && /^\p{L}+$/u.test(word));
  if (words.length === 0) return undefined;
  const word = random.pick(words);
  const at = random.int(0, word.length - 1);
  const letter = random.pick([...LETTERS]);
  const [before, after] = [word.slice(0, at), word.slice(at + 1)];
  switch (random.int(0, 3)) {
    case 0:
      return text.replace(word, before + after);
    case 1:
      return text.replace(word, before + letter + word.slice(at));
    case 2:
      return text.replace(word, before + letter + after);
    default: {
      const first = Math.min(at, word.length - 2);
      const swapped = word.slice(0, first) + word[first + 1] + word[first] + word.slice(first + 2);
      return text.replace(word, swapped);
    }
  }
}

/** The text with two of its words written as one, or one of its words as two. */
export function joinOrSplit(text: string, random: Random): string | undefined {
  const words = wordsIn(text);
  const long = words.filter((word) => word.length >= 6 && /^\p{L}+$/u.test(word));
  if (words.length > 1 && (long.length === 0 || random.chance(0.5))) {
    const at = random.int(0, words.length - 2);
    return [...words.slice(0, at), words[at]! + words[at + 1]!, ...words.slice(at + 2)].join(" ");
  }
  if (long.length === 0) return undefined;
  const word = random.pick(long);
  const at = random.int(2, word.length - 2);
  return text.replace(word, `${word.slice(0, at)} ${word.slice(at)}`);
}
