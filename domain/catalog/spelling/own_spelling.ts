import { normalForm } from "@/domain/text.ts";

/** A word as it is written, with apostrophes and points inside it; and what stands around these. */
const WRITTEN = /[\p{L}\p{M}\p{N}]+(?:['’ʼ.][\p{L}\p{M}\p{N}]+)*(?:(?<=\.\p{L})\.)?/gu;
const PART = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * How books write words that are given in normal form, in small letters: `letranger` → `l'étranger`. Of several spellings the one that
 * most texts have, of equal ones the first. Words that no text has are left out.
 */
export function ownSpellings(words: string[], texts: string[]): Map<string, string> {
  const counts = new Map(words.map((word) => [word, new Map<string, number>()]));
  for (const text of texts) {
    const written = text.toLowerCase().match(WRITTEN) ?? [];
    for (const spelling of new Set([...written, ...written.flatMap((word) => word.match(PART) ?? [])])) {
      const count = counts.get(normalForm(spelling));
      count?.set(spelling, (count.get(spelling) ?? 0) + 1);
    }
  }
  return new Map([...counts].flatMap(([word, count]) => {
    const [best] = [...count].sort((a, b) => b[1] - a[1]);
    return best === undefined ? [] : [[word, best[0]] as const];
  }));
}
