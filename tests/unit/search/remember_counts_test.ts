import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import type { CountedWord } from "@/application/catalog/ports.ts";
import { rememberCounts } from "@/application/catalog/search/remember_counts.ts";

const word = (text: string): CountedWord => ({ text, prefix: false });
const begun = (text: string): CountedWord => ({ text, prefix: true });

describe("rememberCounts()", () => {
  it("asks for each word once, and for its beginning and for more books of it apart", async () => {
    const asked: [string[], number][] = [];
    const search = rememberCounts({
      ...createMemoryWebStore().search,
      counts(words, most) {
        asked.push([words.map(({ text, prefix }) => prefix ? `${text}*` : text), most]);
        return Promise.resolve(words.map(({ text, prefix }) => Math.min(most, text.length + (prefix ? 10 : 0))));
      },
    });
    expect(await search.counts([word("a"), word("bcd"), word("a")], 50)).toEqual([1, 3, 1]);
    expect(await search.counts([begun("a"), word("bcd"), word("ef")], 50)).toEqual([11, 3, 2]);
    expect(await search.counts([word("bcd"), word("a")], 1)).toEqual([1, 1]);
    expect(await search.counts([word("ef"), word("a")], 50)).toEqual([2, 1]);
    expect(asked).toEqual([[["a", "bcd"], 50], [["a*", "ef"], 50], [["bcd", "a"], 1]]);
  });
});
