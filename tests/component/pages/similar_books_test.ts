import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import { book } from "@/tests/support/samples.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";

const [first, second] = ["1", "2"].map((number) =>
  book(`gull-${number}`, { title: `The ${number}. Gull`, series: "Gulls", series_number: number })
);
const other = book("tern", { title: "A Tern" });
const item = ({ id, title, authors }: typeof other): RecommendationItem => ({
  book: { id, title, authors },
  score: 1,
  reason: { kind: "popular", text: "Popular with readers" },
});

async function similarOn(similar: RecommendationItem[]) {
  const store = createMemoryWebStore();
  await store.uow.run(async ({ books }) => {
    for (const one of [first!, second!, other]) await books.save(one);
  });
  const none = () => Promise.resolve([]);
  const ask = webApi(store, handClock(), {
    recommendations: { forReader: none, similarTo: () => Promise.resolve(similar) },
  });
  const page = await (await ask("/books/gull-1", { headers: { accept: "text/html" } })).text();
  const [, below] = page.split('id="similar"');
  return below === undefined ? undefined : [...below.matchAll(/<li id="book-([^"]+)"/g)].map(([, id]) => id);
}

describe("similar books on the page of a book", () => {
  it("are not those that its series shows above", async () => {
    expect(await similarOn([second!, other].map(item))).toEqual(["tern"]);
  });

  it("have no heading where the series shows all of them, and say so where there are none", async () => {
    expect(await similarOn([item(second!)])).toBe(undefined);
    expect(await similarOn([])).toEqual([]);
  });
});
