import type { LikeWord } from "./vocabulary.ts";

/** How many slips a word may have: 0, 1 and 2 for 1–4, 5–8 and 9 or more letters, as in Meilisearch; none in a number. */
export function slipsIn(word: string): number {
  if (/\p{N}/u.test(word)) return 0;
  return word.length <= 4 ? 0 : word.length <= 8 ? 1 : 2;
}

/** How many slips a word may have where so few lead to no word at all. */
export function mostSlipsIn(word: string): number {
  if (/\p{N}/u.test(word) || word.length < 3) return 0;
  return word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3;
}

const BY_SLIPS = [1, 0.68, 0.48, 0.3];
const OTHER_FIRST_LETTER = 0.7;
const ONLY_BEGINS = 0.65;

/** How well a word of the catalogue stands for a typed one: less for each slip, and for a wrong first letter. */
export function qualityOf(typed: string, { word, distance, begins }: LikeWord): number {
  const first = typed[0] === word[0] ? 1 : OTHER_FIRST_LETTER;
  return (BY_SLIPS[distance] ?? 0.2) * first * (begins ? ONLY_BEGINS : 1);
}
