import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { cacheBooks } from "@/application/recommendation/lists/cache_books.ts";
import type { BookReader, BookState } from "@/application/recommendation/ports.ts";

describe("cacheBooks()", () => {
  const setup = () => {
    let now = 0;
    let state: BookState = { books: "0", lists: "0" };
    let written: string[] | undefined;
    const reads: string[] = [];
    const reader: BookReader = {
      state: () => Promise.resolve(state),
      listsWritten: () => Promise.resolve(written),
      facts(ids) {
        reads.push(`facts ${ids.join()}`);
        const facts = { title: `T${state.books}`, authors: ["A"], subjects: ["s"], popularity: 0 };
        return Promise.resolve(ids.filter((id) => id !== "gone").map((id) => ({ id, ...facts })));
      },
      works(ids) {
        reads.push(`works ${ids.join()}`);
        return Promise.resolve(ids.map((book) => ({ book, work: `w-${book}` })));
      },
      withFeatures(features) {
        reads.push(`features ${features.join()}`);
        return Promise.resolve(new Map(features.map((feature) => [feature, ["x", "gone"]])));
      },
      neighbours(ids) {
        reads.push(`lists ${ids.join()}`);
        const neighbours = ["n1", "n2", "n3"].map((book) => ({ book, similarity: 0.5 }));
        return Promise.resolve(ids.filter((id) => id === "a").map((book) => ({ book, readers: 1, neighbours })));
      },
      popular() {
        reads.push("popular");
        return Promise.resolve([{ book: "p", readers: 1 }]);
      },
    };
    const open = cacheBooks(reader, { now: () => now, sleep: () => Promise.resolve() });
    return {
      open,
      /** Reads all kinds; returns what was asked of the store for it. */
      async readAll() {
        const books = await open();
        const seen = await books.books(["a", "gone"]);
        await books.alike(seen);
        await books.works(["a"]);
        await books.neighbours(["a", "b"], 2);
        await books.popular(1);
        return reads.splice(0);
      },
      pass: (ms: number) => void (now += ms),
      change: (changed: Partial<BookState>, lists?: string[]) => {
        state = { ...state, ...changed };
        written = lists;
      },
    };
  };
  const ALL = [
    "facts a,gone",
    "features author:a,subject:s",
    "facts x",
    "works a",
    "lists a,b",
    "facts n1,n2",
    "popular",
    "facts p",
  ];

  it("reads each book, list and feature once, also those that are not there", async () => {
    const { readAll, pass } = setup();
    expect(await readAll()).toEqual(ALL);
    pass(20_000);
    expect(await readAll()).toEqual([]);
  });

  it("reads all again within half a second when books have changed, and only lists when lists have", async () => {
    const { open, readAll, pass, change } = setup();
    await readAll();
    change({ lists: "1" });
    expect(await readAll()).toEqual([]);
    pass(500);
    expect(await readAll()).toEqual(["lists a,b", "popular"]);
    change({ books: "1" });
    pass(500);
    expect(await readAll()).toEqual(ALL);
    const books = await open();
    expect((await books.books(["a"]))[0]?.facts.title).toBe("T1");
  });

  it("reads only the lists again that were written", async () => {
    const { readAll, pass, change } = setup();
    await readAll();
    change({ lists: "1" }, ["b", "never read"]);
    pass(500);
    expect(await readAll()).toEqual(["lists b", "popular"]);
    change({ lists: "2" }, ["a"]);
    pass(500);
    expect(await readAll()).toEqual(["lists a", "popular"]);
  });

  it("reads lists again after five minutes, whatever the state says", async () => {
    const { readAll, pass } = setup();
    await readAll();
    pass(5 * 60_000);
    expect(await readAll()).toEqual(["lists a,b", "popular"]);
  });

  it("reads of a list as many neighbours as are asked for", async () => {
    const { open, readAll } = setup();
    await readAll();
    const books = await open();
    const list = (await books.neighbours(["a"], 3)).get("a")!;
    expect(list.books.map((number) => books.index.book(number)?.facts.id)).toEqual(["n1", "n2", "n3"]);
  });
});
