import { before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { book } from "@/tests/support/samples.ts";
import { webShop } from "@/tests/support/web_shop.ts";

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

  it("takes every query for one: nothing that is typed is an error", async () => {
    for (const odd of ['"', "author:", "-", "( OR )", "isbn:x", 'title:"', "a:b:c", "%", "\\", "'", "🚀", "***"]) {
      expect([odd, (await ask(`/v1/books?q=${encodeURIComponent(odd)}`)).status]).toEqual([odd, 200]);
    }
  });
});
