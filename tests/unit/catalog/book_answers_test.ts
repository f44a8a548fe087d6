import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Book } from "@/domain/catalog/book.ts";
import { keepAnswers } from "@/adapters/http/api/catalog/book_answers.ts";
import { book } from "@/tests/support/samples.ts";

describe("keepAnswers()", () => {
  const setup = (most?: number) => {
    const stored = new Map<string, Book>();
    const read: string[] = [];
    const answerFor = keepAnswers({
      get(id) {
        read.push(id);
        return Promise.resolve(stored.get(id));
      },
      versionOf: (id) => Promise.resolve(stored.get(id)?.version),
    }, most);
    return { stored, read, answerFor, titleOf: async (id: string) => JSON.parse((await answerFor(id))!.body).title };
  };

  it("reads a book once while its version is the stored one", async () => {
    const { stored, read, answerFor } = setup();
    stored.set("a", book("a"));
    expect(await answerFor("a")).toEqual(await answerFor("a"));
    expect(read).toEqual(["a"]);
  });

  it("answers with a change at once, whoever made it, and with nothing for a removed book", async () => {
    const { stored, titleOf, answerFor } = setup();
    stored.set("a", book("a", { title: "Before", version: 1 }));
    expect(await titleOf("a")).toBe("Before");
    stored.set("a", book("a", { title: "After", version: 2 }));
    expect(await titleOf("a")).toBe("After");
    stored.delete("a");
    expect(await answerFor("a")).toBeUndefined();
    stored.set("a", book("a", { title: "Again", version: 4 }));
    expect(await titleOf("a")).toBe("Again");
  });

  it("asks for a book's version only after the store has changed", async () => {
    const state = { dataVersion: 1, book: book("a", { version: 1 }), asked: 0, read: 0 };
    const answerFor = keepAnswers({
      get: () => Promise.resolve(state.book).finally(() => state.read++),
      versionOf: () => Promise.resolve(state.book.version).finally(() => state.asked++),
      dataVersion: () => state.dataVersion,
    });
    const ask = async () => [(await answerFor("a"))!.version, state.read, state.asked];
    expect(await ask()).toEqual([1, 1, 0]);
    expect(await ask()).toEqual([1, 1, 0]);
    state.dataVersion = 2;
    expect(await ask()).toEqual([1, 1, 1]);
    expect(await ask()).toEqual([1, 1, 1]);
    [state.book, state.dataVersion] = [book("a", { version: 2 }), 3];
    expect(await ask()).toEqual([2, 2, 2]);
  });

  it("asks again where the store changes while a book is read", async () => {
    const state = { dataVersion: 1, book: book("a", { version: 1 }) };
    const answerFor = keepAnswers({
      get: () =>
        Promise.resolve(state.book).finally(() =>
          Object.assign(state, { dataVersion: 2, book: book("a", { version: 2 }) })
        ),
      versionOf: () => Promise.resolve(state.book.version),
      dataVersion: () => state.dataVersion,
    });
    expect((await answerFor("a"))!.version).toBe(1);
    expect((await answerFor("a"))!.version).toBe(2);
  });

  it("keeps the answers that were asked for last, of so many characters at most", async () => {
    const { stored, read, answerFor } = setup(4_000);
    for (let at = 0; at < 100; at++) stored.set(`b${at}`, book(`b${at}`, { description: "x".repeat(500) }));
    for (const id of stored.keys()) {
      await answerFor(id);
      await answerFor("b0");
    }
    // The one that is asked for all the time stays; of the others the last ones do.
    expect(read.length).toBe(100);
    await answerFor("b99");
    expect(read.length).toBe(100);
    await answerFor("b50");
    expect(read.length).toBe(101);
  });
});
