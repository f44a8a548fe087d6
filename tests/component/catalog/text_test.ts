import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { workOf } from "@/domain/catalog/work.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import type { ImportOptions } from "@/application/catalog/importing/import_options.ts";
import { webBus } from "@/services/web/app.ts";
import { sending } from "@/tests/support/suites/memory_suite.ts";
import { book } from "@/tests/support/samples.ts";
import { webShop, written } from "@/tests/support/suites/web_shop.ts";

const post = (body: unknown) => sending("POST", body);
const pointersOf = async (response: Response) =>
  (await response.json()).errors.map(({ pointer }: { pointer: string }) => pointer);

describe("text over HTTP", () => {
  it("that cannot be shown is answered 422 with a pointer to each field, and nothing is stored or told", async () => {
    const { ask, store } = webShop();
    await ask("/v1/books", post({ id: "there", title: "There" }));
    const [events, bad] = [await written(store), {
      title: "Du\u0000ne",
      authors: ["A", "A", "B\u202e"],
      subjects: ["\ud800"],
      description: "ok\n\u0007",
    }];
    const fields = ["/title", "/authors/2", "/subjects/0", "/description"];
    const added = await ask("/v1/books", post({ id: "odd\u200b", ...bad }));
    expect([added.status, await pointersOf(added)]).toEqual([422, ["/id", ...fields]]);
    const changed = await ask("/v1/books/there", sending("PUT", bad, { "if-match": "*" }));
    expect([changed.status, await pointersOf(changed)]).toEqual([422, fields]);
    expect([await store.shelf.count(), (await store.shelf.get("there"))?.version]).toEqual([1, 1]);
    expect(await written(store)).toEqual(events);
  });

  it("a title of which nothing is seen is no title, an id of dots no id", async () => {
    const { ask } = webShop();
    for (const title of [" ", "\u200b", "\ufeff\u00ad", "\u3164", "\u2800"]) {
      const answer = await ask("/v1/books", post({ title }));
      expect([title, answer.status, await pointersOf(answer)]).toEqual([title, 422, ["/title"]]);
    }
    for (const id of [".", ".."]) {
      const answer = await ask("/v1/books", post({ id, title: "T" }));
      expect([id, answer.status, await pointersOf(answer)]).toEqual([id, 422, ["/id"]]);
    }
    expect((await ask("/v1/books", post({ id: "...", title: "T" }))).status).toBe(201);
  });

  it("64 characters are 64 code points, in bodies, paths and ids of events", async () => {
    const { ask } = webShop();
    const [fits, long] = ["📚".repeat(64), "📚".repeat(65)];
    expect((await ask("/v1/books", post({ id: fits, title: "T" }))).status).toBe(201);
    expect((await ask(`/v1/books/${encodeURIComponent(fits)}`)).status).toBe(200);
    expect((await ask("/v1/books", post({ id: long, title: "T" }))).status).toBe(422);
    expect((await ask(`/v1/books/${encodeURIComponent(long)}`)).status).toBe(422);
    const view = (id: string) => ask("/v1/events", post({ type: "viewed", reader: "r", book: fits, id }));
    expect([(await view(fits)).status, (await view(long)).status]).toEqual([202, 422]);
  });

  it("events with text that cannot be kept are rejected one by one", async () => {
    const { ask, store } = webShop();
    await ask("/v1/books", post({ id: "b", title: "T" }));
    const acts = [
      { type: "searched", query: "du\u0000ne" },
      { type: "searched", query: "\u202edune" },
      { type: "searched", query: "dune\ud800" },
      { type: "viewed", reader: "r", book: "b", id: "a\u0000" },
      { type: "viewed", reader: "r", book: "b\ud800" },
      { type: "searched", query: " dune " },
    ];
    const answer = await (await ask("/v1/events", post(acts))).json();
    expect([answer.accepted, answer.rejected.map(({ index }: { index: number }) => index)]).toEqual([1, [
      0,
      1,
      2,
      3,
      4,
    ]]);
    expect(await written(store)).toEqual(["book-added", "book-searched"]);
  });

  it("a book of earlier times that breaks the rules of today is read, and changed into one that does not", async () => {
    const { ask, store } = webShop();
    const old = book("..", { title: "\u200b", authors: ["A\u0000"], description: "\u202e" });
    await store.uow.run(({ books }) => Promise.all([books.save(old), books.save({ ...old, id: "old" })]));
    expect(await (await ask("/v1/books/old")).json()).toEqual({
      ...old,
      id: "old",
      work: workOf({ ...old, id: "old" }),
    });
    expect((await (await ask("/v1/books?ids=..")).json()).items).toEqual([{ ...old, work: workOf(old), editions: 1 }]);
    const { id: _id, version: _version, ...details } = old;
    expect((await ask("/v1/books/old", sending("PUT", details, { "if-match": "*" }))).status).toBe(422);
    expect((await ask("/v1/books/old", sending("PUT", { title: "T" }, { "if-match": "*" }))).status).toBe(200);
  });
});

describe("text in a file", () => {
  function shop() {
    const { store } = webShop();
    const deps = { bus: webBus({ store, clock, ids }), shelf: store.shelf, ids };
    return {
      store,
      async run(rows: Record<string, unknown>[], options: ImportOptions = {}) {
        async function* each() {
          yield* rows.map((columns, at) => ({ columns, at, line: JSON.stringify(columns) }));
        }
        return await importBooks(deps, each(), options);
      },
    };
  }

  it("in an optional field that cannot be used is a warning and left out; without a usable id or title there is no book", async () => {
    const { store, run } = shop();
    const [warned, refused]: string[][] = [[], []];
    const rows = [
      { id: "1", title: "One", authors: ["A", "A\u0000", "B"], subjects: "x;\u202ey", description: "a\u0007" },
      { id: "2", title: "T\u0000wo" },
      { id: "3", title: "\u200b" },
      { id: "4\u0000", title: "Four" },
      { id: "5", title: "Five", authors: Array.from({ length: 51 }, (_, at) => `A ${at}`), language: "en-a" },
      { id: "6", title: "Six", year: 2500, subjects: ["s".repeat(101), "t"], description: "\u200b" },
    ];
    const report = await run(rows, {
      onWarning: (row, _raw, text) => void warned!.push(`${row} ${text.split(":")[0]}`),
      onReject: (row, _raw, reason) => void refused!.push(`${row} ${reason.split(":")[0]}`),
    });
    expect([report.added, report.rejected, refused]).toEqual([3, 3, ["2 title", "3 title", "4 id"]]);
    expect(warned).toEqual([
      "1 authors.1",
      "1 subjects.1",
      "1 description",
      "5 language",
      "5 authors",
      "6 subjects.0",
      "6 year",
    ]);
    const { id: _id, title: _title, version: _version, ...one } = (await store.shelf.get("1"))!;
    expect(one).toEqual({ authors: ["A", "B"], subjects: ["x"], popularity: 0 });
    expect((await store.shelf.get("6"))?.subjects).toEqual(["t"]);
  });

  it("has line breaks and tabs of the file's own, which are none of a title; imported again it changes nothing", async () => {
    const { store, run } = shop();
    const rows = [{ id: "1", title: "The\r\nHobbit\tor", authors: "J. R. R.\nTolkien", description: "a\r\nb\rc\td " }];
    expect((await run(rows)).added).toBe(1);
    const stored = await store.shelf.get("1");
    expect([stored?.title, stored?.authors, stored?.description]).toEqual([
      "The Hobbit or",
      ["J. R. R. Tolkien"],
      "a\nb\nc d",
    ]);
    const again = await run(rows);
    expect([again.unchanged, again.changed, (await written(store)).length]).toEqual([1, 0, 1]);
  });
});
