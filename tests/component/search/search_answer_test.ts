import { before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { book } from "@/tests/support/samples.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";
import { sending } from "@/tests/support/suites/memory_suite.ts";
import { webShop } from "@/tests/support/suites/web_shop.ts";

const { ask, store } = webShop();
const answer = async (query: string) => await (await ask(`/v1/books?${query}`)).json();

describe("GET /v1/books?q=", () => {
  before(() =>
    store.uow.run(async ({ books }) => {
      await books.save(book("mill", { title: "The Windmill Keeper", authors: ["Ida Sample"] }));
      await books.save(book("lake", { title: "Lake of Letters", authors: ["Ida Sample"] }));
    })
  );

  it("says what was probably meant, and that no book has all the words", async () => {
    const slip = await answer("q=windmil+keeper");
    expect([slip.items[0].id, slip.suggestion, slip.relaxed]).toEqual(["mill", "windmill keeper", undefined]);
    const some = await answer("q=windmill+quetzalcoatl");
    expect([some.items.map(({ id }: { id: string }) => id), some.relaxed]).toEqual([["mill"], true]);
    const exact = await answer("q=windmill+keeper");
    expect([exact.suggestion, exact.relaxed]).toEqual([undefined, undefined]);
  });

  it("shows the parts of a score on request only", async () => {
    const [shown] = (await answer("q=lake+of+letters&why=1")).items;
    expect(shown.why).toMatchObject({ exact: 40, near: 8, slips: 0, missing: 0 });
    expect((await answer("q=lake+of+letters")).items[0].why).toBeUndefined();
  });

  it("says how many books match, and counts filters on request only", async () => {
    const found = await answer("q=sample&facets=1&author=ida+sample");
    expect(found.total).toEqual({ count: 2, exact: true });
    expect(found.facets.map(({ kind }: { kind: string }) => kind)).toEqual(["author", "subject", "language", "decade"]);
    expect(found.facets[0].values).toEqual([
      { value: "ida sample", label: "Ida Sample", count: 2, exact: true, selected: true },
    ]);
    const plain = await answer("limit=1");
    expect([plain.total, plain.facets]).toEqual([{ count: 2, exact: true }, undefined]);
    expect((await answer("ids=mill")).total).toBeUndefined();
  });

  it("keeps counted filters for half a minute, but counts a book that is added or removed at once", async () => {
    const [own, clock] = [createMemoryWebStore(), handClock()];
    let counted = 0;
    const facetCounts = (ids: string[]) => {
      counted++;
      return own.shelf.facetCounts(ids);
    };
    const askOwn = webApi({ ...own, shelf: { ...own.shelf, facetCounts } }, clock);
    const save = (id: string, language: string) =>
      own.uow.run(({ books }) => books.save(book(id, { title: `Harbour ${id}`, language })));
    const languages = async () => {
      const { facets } = await (await askOwn("/v1/books?q=harbour&facets=1")).json();
      const values: { value: string; count: number }[] = facets[2].values;
      return values.map(({ value, count }) => `${value} ${count}`);
    };
    await save("1", "en");
    for (let time = 0; time < 3; time++) expect(await languages()).toEqual(["en 1"]);
    expect(counted).toBe(1);
    await save("2", "sv");
    expect(await languages()).toEqual(["en 1", "sv 1"]);
    await save("1", "sv");
    expect([await languages(), counted]).toEqual([["en 1", "sv 1"], 2]);
    clock.pass(30_000);
    expect([await languages(), counted]).toEqual([["sv 2"], 3]);
  });

  it("takes a cursor of the same query and sort alone, whether or not filters are counted", async () => {
    const { next_cursor: cursor } = await answer("q=sample&sort=title&limit=1");
    expect((await answer(`q=sample&sort=title&facets=1&cursor=${cursor}`)).items.length).toBe(1);
    for (const other of ["q=sample&sort=newest", "q=samples&sort=title", "q=sample&sort=title&subject=fiction"]) {
      expect((await ask(`/v1/books?${other}&cursor=${cursor}`)).status).toBe(400);
    }
  });

  it("folds editions into one work, says how many there are, and lists them", async () => {
    const write = (path: string, body: object, method = "POST", headers = {}) =>
      ask(path, sending(method, body, headers));
    const first = await (await write("/v1/books", { id: "pier", title: "Old Pier", authors: ["Ann Olin"] })).json();
    await write("/v1/books", { id: "pier2", title: "Old Pier (Piers, #4)", authors: ["Olin, Ann"], popularity: 5 });
    await write("/v1/books", { id: "quai", title: "Le vieux quai", authors: ["Ann Olin"], work_id: "W7" });
    const found = await answer("q=old+pier");
    expect(found.items.map(({ id, work, editions }: Record<string, unknown>) => [id, work, editions])).toEqual([
      ["pier2", first.work, 2],
    ]);
    const editions = await answer(`work=${first.work}&sort=title`);
    expect(editions.items.map(({ id }: { id: string }) => id)).toEqual(["pier", "pier2"]);
    expect((await answer("ids=quai,pier")).items.map((one: { editions: number }) => one.editions)).toEqual([1, 2]);
    expect((await (await ask("/v1/books/pier2")).json()).work).toBe(first.work);
    const changed = await write("/v1/books/pier", { title: "Old Pier", work_id: "W7" }, "PUT", { "if-match": '"1"' });
    expect((await changed.json()).work).toBe((await (await ask("/v1/books/quai")).json()).work);
  });

  it("takes every query for one: nothing that is typed is an error", async () => {
    for (const odd of ['"', "author:", "-", "( OR )", "isbn:x", 'title:"', "a:b:c", "%", "\\", "'", "🚀", "***"]) {
      expect([odd, (await ask(`/v1/books?q=${encodeURIComponent(odd)}`)).status]).toEqual([odd, 200]);
    }
  });
});
