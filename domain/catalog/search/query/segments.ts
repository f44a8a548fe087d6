import { isFunctionWord } from "./function_words.ts";

/** Segments of at most this many letters are allowed only if they are function words. */
const MAX_SHORT = 2;
/** The cost of each word, on the log10 scale of rarity: one more word costs as much as a word that is 1,000 times rarer. */
const WORD_COST = 3;
const COMMON = 1_000;

type Way = { words: string[]; cost: number };

/**
 * The ways to split a text into two or more known words, the likeliest first: few words, and common ones. `counts`: the number of books
 * with each substring. A beam search, which keeps at most `most` ways at each position.
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
