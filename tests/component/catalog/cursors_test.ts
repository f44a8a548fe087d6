import { before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { TOKEN } from "@/tests/support/suites/memory_suite.ts";
import { book } from "@/tests/support/samples.ts";
import { webShop } from "@/tests/support/suites/web_shop.ts";

const SORTS = ["relevance", "newest", "oldest", "title", "popularity"] as const;
const { ask, store } = webShop();
const bytesOf = (cursor: string) => JSON.parse(Buffer.from(cursor, "base64url").toString());
const textOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const page = (query: string, cursor?: string) =>
  ask(`/v1/books?limit=1&${query}${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);

describe("cursors", () => {
  before(() =>
    store.uow.run(async ({ books }) => {
      // A title whose key is cut behind a word, one of signs alone, one with marks, and one without a year.
      await books.save(book("long", { title: `same ${"x".repeat(94)} y z`, year: 1900, popularity: 7 }));
      await books.save(book("signs", { title: "!!!", subjects: ["same"], year: -700 }));
      await books.save(book("marks", { title: "same गोदान 토지 雪国", popularity: 2 ** 53 - 1 }));
      await books.save(book("📚", { title: "same Same" }));
    })
  );

  it("lead through every order to the end, each book once", async () => {
    for (const sort of SORTS) {
      for (const query of [`q=same&sort=${sort}`, `sort=${sort}`]) {
        const seen: string[] = [];
        let cursor: string | undefined;
        for (;;) {
          const answer = await page(query, cursor);
          expect([query, cursor, answer.status]).toEqual([query, cursor, 200]);
          const { items, next_cursor: next } = await answer.json();
          seen.push(...items.map(({ id }: { id: string }) => id));
          if (next === null) break;
          cursor = next;
        }
        expect([query, seen.sort()]).toEqual([query, ["long", "marks", "signs", "📚"]]);
      }
    }
  });

  it("with a value of another kind than the order's, or no id, are refused", async () => {
    for (const sort of SORTS) {
      for (const query of [`q=same&sort=${sort}`, `sort=${sort}`]) {
        const { next_cursor: given } = await (await page(query)).json();
        const { q, v, i } = bytesOf(given);
        const kinds = typeof v === "string"
          ? [7, null, "a\u0000", "a%", "x".repeat(101), ["a"]]
          : ["7", null, true, [7], {}];
        if (typeof v === "number" && sort !== "relevance") kinds.push(7.5, 2 ** 60);
        for (const other of kinds) {
          const answer = await page(query, textOf({ q, v: other, i }));
          expect([query, other, answer.status]).toEqual([query, other, 400]);
        }
        for (const id of ["", "a\u0000", "a b", "x".repeat(65), 7, undefined]) {
          expect([id, (await page(query, textOf({ q, v, i: id }))).status]).toEqual([id, 400]);
        }
        expect((await page(query, textOf({ q, v, i }))).status).toBe(200);
      }
    }
  });

  it("of another query, filter or order are refused, also with the token", async () => {
    const { next_cursor: given } = await (await page("sort=title")).json();
    for (const query of ["sort=newest", "sort=title&language=en", "q=same&sort=title", ""]) {
      const answer = await page(query, given);
      const { type, detail } = await answer.json();
      expect([query, answer.status, type, detail]).toEqual([
        query,
        400,
        "/problems/bad-cursor",
        "the cursor belongs to another query",
      ]);
    }
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await ask(`/v1/books?limit=1&cursor=${given}`, { headers })).status).toBe(400);
  });
});
