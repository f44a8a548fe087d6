import { before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { book } from "@/tests/support/samples.ts";
import { webShop } from "@/tests/support/suites/web_shop.ts";

const { ask, store } = webShop();
const idsOf = async (query: string) =>
  ((await (await ask(`/v1/books?${query}`)).json()).items as { id: string }[]).map(({ id }) => id);

describe("filters of GET /v1/books", () => {
  before(() =>
    store.uow.run(async ({ books }) => {
      await books.save(book("moor", { title: "Moor", year: 1961, language: "en" }));
      await books.save(book("fern", { title: "Fern", year: -44, language: "eng" }));
    })
  );

  it("take any year for its decade", async () => {
    for (const decade of ["1960", "1965", "1969"]) {
      expect([decade, await idsOf(`decade=${decade}`)]).toEqual([decade, ["moor"]]);
    }
    expect(await idsOf("decade=-44")).toEqual(["fern"]);
  });

  it("take a language by its name or its code, and a code as it is written", async () => {
    for (const language of ["en", "EN", "English", "Englisch"]) {
      expect([language, await idsOf(`language=${language}`)]).toEqual([language, ["moor"]]);
    }
    expect([await idsOf("language=eng"), await idsOf("language=none-such")]).toEqual([["fern"], []]);
  });
});
