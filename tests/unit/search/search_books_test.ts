import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import type { CandidateQuery } from "@/application/catalog/ports.ts";
import { searchBooks } from "@/application/catalog/search/search_books.ts";
import { book } from "@/tests/support/samples.ts";

const AUTHORS = { a: "Ivy Compton", b: "Ivy Compton", c: "Zoe Tallis", d: "Zoe Tallis", e: "Zoe Tallin" };

describe("searchBooks()", () => {
  it("asks for the books of the same words once, and reads no document twice", async () => {
    const store = createMemoryWebStore();
    await store.uow.run(async ({ books }) => {
      for (const [id, author] of Object.entries(AUTHORS)) await books.save(book(id, { title: id, authors: [author] }));
    });
    for (
      const [typed, suggestion, editions, times] of [
        ["ivy comptom", "ivy compton", ["a", "b"], 1],
        ["zoe tallib", "zoe tallis", ["c", "d", "e"], 2],
      ] as const
    ) {
      const asked: CandidateQuery[] = [];
      const read = new Set<string>();
      const candidates = async (query: CandidateQuery) => {
        expect([...read].filter((id) => query.known?.has(id) !== true)).toEqual([]);
        const found = await store.search.candidates(query);
        for (const { id } of found) read.add(id);
        asked.push(query);
        return found;
      };
      const answer = await searchBooks({ ...store.search, candidates }, typed);
      expect([answer.suggestion, answer.readings.length, asked.length]).toEqual([suggestion, 2, times]);
      expect(answer.editions.toSorted()).toEqual(editions);
    }
  });
});
