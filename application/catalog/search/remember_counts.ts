import type { BookSearch } from "@/application/catalog/ports.ts";

/** Caches the counts of words, because the steps of a search look up the same words. */
export function rememberCounts(search: BookSearch): BookSearch {
  const known = new Map<string, number>();
  return {
    ...search,
    async counts(words, most) {
      const keys = words.map(({ text, prefix }) => `${most} ${prefix ? "*" : ""}${text}`);
      const fresh = new Map(keys.map((key, at) => [key, words[at]!] as const).filter(([key]) => !known.has(key)));
      const counts = fresh.size === 0 ? [] : await search.counts([...fresh.values()], most);
      for (const [at, key] of [...fresh.keys()].entries()) known.set(key, counts[at]!);
      return keys.map((key) => known.get(key)!);
    },
  };
}
