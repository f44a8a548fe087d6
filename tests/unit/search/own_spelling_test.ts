import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { findBooks } from "@/application/catalog/search/listing/find_books.ts";
import { ownSpellings } from "@/domain/catalog/spelling/own_spelling.ts";
import { book } from "@/tests/support/samples.ts";

describe("ownSpellings()", () => {
  it("are the spellings that most texts have, of equal ones the first, whole or beside an apostrophe", () => {
    const texts = ["L'Étrangère", "Letrangere", "l’étrangère, L'ÉTRANGÈRE", "L'Étrangère", "J.R.R. Müller", "Muller"];
    expect(Object.fromEntries(ownSpellings(["letrangere", "etrangere", "jrr", "muller", "none"], texts))).toEqual({
      letrangere: "l'étrangère",
      etrangere: "étrangère",
      jrr: "j.r.r.",
      muller: "müller",
    });
  });
});

describe("findBooks()", () => {
  it("suggests words as the books write them, also those that no result has", async () => {
    const store = createMemoryWebStore();
    await store.uow.run(async ({ books }) => {
      await books.save(book("one", { title: "Étrangères du Port", authors: ["Zoë Moreau"] }));
      await books.save(book("rare", { title: "Plain Thornbeny" }));
      for (let at = 0; at < 60; at++) await books.save(book(`b${at}`, { title: `Thörnbery ${at}` }));
    });
    const suggestionFor = async (words: string) =>
      (await findBooks(store, { words, facets: [], limit: 1 })).answer?.suggestion;
    expect(await suggestionFor("etrangeres moreuu zoe")).toBe("étrangères moreau zoë");
    expect(await suggestionFor("thornbeny")).toBe("thörnbery");
  });
});
