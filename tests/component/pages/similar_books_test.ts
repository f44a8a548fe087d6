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

/** The markup of the similar books on the page of `gull-1`, if it has any. */
async function similarOn(similar: RecommendationItem[]): Promise<string | undefined> {
  const store = createMemoryWebStore();
  await store.uow.run(async ({ books }) => {
    for (const one of [first!, second!, other]) await books.save(one);
  });
  const none = () => Promise.resolve([]);
  const ask = webApi(store, handClock(), {
    recommendations: { forReader: none, similarTo: () => Promise.resolve(similar) },
  });
  const page = await (await ask("/books/gull-1", { headers: { accept: "text/html" } })).text();
  return page.split('id="similar"')[1];
}
const idsIn = (markup: string | undefined) =>
  markup && [...markup.matchAll(/<li id="book-([^"]+)"/g)].map(([, id]) => id);

describe("similar books on the page of a book", () => {
  it("are not those that its series shows above", async () => {
    expect(idsIn(await similarOn([second!, other].map(item)))).toEqual(["tern"]);
  });

  it("have no heading where the series shows all of them, and say so where there are none", async () => {
    expect(await similarOn([item(second!)])).toBe(undefined);
    expect(idsIn(await similarOn([]))).toEqual([]);
  });

  it("do not repeat the title of the page's book in their reasons", async () => {
    const reason = (id: string) => ({ kind: "readers_also" as const, text: "Readers of Gull also chose it", book: id });
    const [own, others] = await Promise.all(
      ["gull-1", "tern"].map((id) => similarOn([{ ...item(other), reason: reason(id) }])),
    );
    expect(own).toContain('<span class="note">Readers of this book also chose it</span>');
    expect(others).toContain('<a href="/books/tern">Readers of Gull also chose it</a>');
  });
});
