import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import type { CandidateQuery } from "@/application/catalog/ports.ts";
import { suggestBooks } from "@/application/catalog/search/suggestions/suggest_books.ts";
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

  it("takes a word that no book has for a beginning, though a space stands behind it", async () => {
    const store = createMemoryWebStore();
    await store.uow.run(({ books }) => books.save(book("a", { title: "Saltings" })));
    expect((await searchBooks(store.search, "salti ")).ranked.map(({ id }) => id)).toEqual(["a"]);
    expect((await suggestBooks(store, "salti ", 5)).map(({ text }) => text)).toEqual(["Saltings"]);
  });

  it("gives way to other work while it ranks many books", async () => {
    const store = createMemoryWebStore();
    await store.uow.run(async ({ books }) => {
      for (let at = 0; at < 200; at++) await books.save(book(`b${at}`, { title: `Salt ${at}` }));
    });
    let pauses = 0;
    const giveWay = () => Promise.resolve(void pauses++);
    const answer = await searchBooks({ ...store.search, giveWay }, "salt");
    expect(pauses).toBeGreaterThan(5);
    expect(answer).toEqual(await searchBooks(store.search, "salt"));
    pauses = 0;
    expect((await searchBooks({ ...store.search, giveWay }, "salt nowhere")).relaxed).toBe(true);
    expect(pauses).toBeGreaterThan(5);
  });

  it("takes a word for an acronym where what is called so is far more popular than any book with the word", async () => {
    const idsOf = async (popularity: number, ofWord = 30) => {
      const store = createMemoryWebStore();
      await store.uow.run(async ({ books }) => {
        await books.save(book("word", { title: "The One Who Got Away", popularity: ofWord }));
        await books.save(book("name", { title: "Gates of Thyme", popularity }));
      });
      return (await searchBooks(store.search, "got")).ranked.map(({ id }) => id);
    };
    expect(await idsOf(1_000)).toEqual(["name", "word"]);
    expect(await idsOf(60)).toEqual(["word", "name"]);
    // A few readers' acts say nothing yet.
    expect(await idsOf(5, 0)).toEqual(["word", "name"]);
  });

  it("finds a volume of a series by the title of its first book and a number, in each form", async () => {
    const store = createMemoryWebStore();
    const titles = ["A Gate of Thyme", "A Wall of Sage", "A Field of Mint"];
    await store.uow.run(async ({ books }) => {
      for (const [at, title] of titles.entries()) {
        await books.save(book(`v${at + 1}`, { title, series: "Herbs of Old", series_number: String(at + 1) }));
      }
      await books.save(book("both", { title: "A Gate of Thyme and a Wall of Sage, 2 in 1" }));
    });
    for (const typed of ["gate of thyme 2", "a gate of thyme book 2", "gate of thyme two", "gate of thyme ii"]) {
      expect([typed, (await searchBooks(store.search, typed)).ranked[0]?.id]).toEqual([typed, "v2"]);
    }
    expect((await searchBooks(store.search, "gate of thyme vol. 3")).ranked[0]?.id).toBe("v3");
    expect((await suggestBooks(store, "gate of thyme 3", 5)).map(({ text }) => text)).toEqual([titles[2]]);
    // What is no first book says nothing of its series.
    expect((await searchBooks(store.search, "wall of sage 3")).ranked.map(({ id }) => id)).not.toContain("v3");
  });
});
