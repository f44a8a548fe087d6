import { isFunctionWord } from "./function_words.ts";

/** Words of so few letters are hardly ever meant, but for those that say little. */
const MAX_SHORT = 2;
/** Each further word is as unlikely as one that is so many times rarer. */
const WORD_COST = 3;
const COMMON = 1_000;

type Way = { words: string[]; cost: number };

/**
 * The ways in which a text is a row of known words, the likeliest first: few words, and common ones. `counts`: how many books have
 * each part of the text. At most `most` ways are followed from each place (beam search).
 */
export function segmentsOf(text: string, counts: ReadonlyMap<string, number>, most: number): string[][] {
  const ways: Way[][] = Array.from({ length: text.length + 1 }, () => []);
  ways[0]!.push({ words: [], cost: 0 });
  for (let from = 0; from < text.length; from++) {
    const best = ways[from]!.sort((a, b) => a.cost - b.cost).slice(0, most);
    for (let to = from + 1; best.length > 0 && to <= text.length; to++) {
      const word = text.slice(from, to);
      const count = counts.get(word) ?? 0;
      if (count === 0 || (word.length <= MAX_SHORT && !isFunctionWord(word))) continue;
      const cost = WORD_COST + Math.log10(COMMON / Math.min(COMMON, count));
      for (const way of best) ways[to]!.push({ words: [...way.words, word], cost: way.cost + cost });
    }
  }
  return ways[text.length]!.sort((a, b) => a.cost - b.cost).slice(0, most).map(({ words }) => words)
    .filter(({ length }) => length > 1);
}
