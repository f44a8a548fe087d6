import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rowsOf } from "@/adapters/files/rows.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import type { ImportOptions } from "@/application/catalog/importing/import_options.ts";
import { webBus } from "@/services/web/app.ts";

const CSV = `book_id,isbn,isbn13,authors,original_publication_year,title,language_code,ratings_count
1,439023483,9.78043902348e+12,Suzanne Collins,2008.0,"The Hunger Games (The Hunger Games, #1)",eng,4780653
2,0441013597,,"Frank Herbert, Brian Herbert",1965.0,Dune,en-US,10
3,,,,0,"Cat ""O""
Nine Tails",x!,
4,,,A,1999,,eng,1
,,,A,1999,No Id,eng,1
5,0-441-01359-7,,"Martin Luther King, Jr., Other Person",-750.0,Same ISBN,ger,
`;

describe("import", () => {
  let folder: string;
  before(async () => {
    folder = await Deno.makeTempDir();
    await Deno.writeTextFile(join(folder, "books.csv"), CSV);
    await Deno.writeFile(join(folder, "books.csv.gz"), gzipSync(CSV));
    await Deno.writeTextFile(
      join(folder, "books.jsonl"),
      `{"id":"j1","title":"Eins","authors":["A, B"]}\nnot json\n\n{"id":"j2"}\n`,
    );
    await Deno.writeTextFile(join(folder, "german.csv"), "\ufeffNr;x\n");
    await Deno.writeTextFile(join(folder, "mapped.csv"), "Nr,Titel\nm1,Buch\n");
  });
  after(() => Deno.remove(folder, { recursive: true }));

  const make = () => {
    const store = createMemoryWebStore();
    const parts = { bus: webBus({ store, clock, ids }), shelf: store.shelf, ids };
    return {
      store,
      run: (file: string, options: ImportOptions = {}) => importBooks(parts, rowsOf(join(folder, file)), options),
    };
  };

  it("reads common columns; refuses rows without id or title; leaves out what cannot be used, with a warning", async () => {
    const { store, run } = make();
    const refused: string[] = [];
    const warned: string[] = [];
    const report = await run("books.csv", {
      onReject: (row, _raw, reason) => void refused.push(`${row} ${reason}`),
      onWarning: (row, _raw, text) => warned.push(`${row} ${text.split(":")[0]}`),
    });
    expect(report).toEqual(
      expect.objectContaining({ rows: 6, added: 4, changed: 0, unchanged: 0, rejected: 2, warnings: 3 }),
    );
    expect(refused).toEqual(["4 no title", "5 no id"]);
    expect(warned).toEqual(["3 year", "3 language", "6 isbn13"]);
    // The ISBN-13 is one that a spreadsheet spoiled, but the ISBN-10 beside it has only lost its zero.
    expect((await store.shelf.get("1"))?.isbn13).toBe("9780439023481");
    expect(await store.shelf.get("2")).toEqual({
      id: "2",
      title: "Dune",
      authors: ["Frank Herbert", "Brian Herbert"],
      subjects: [],
      year: 1965,
      language: "en-us",
      isbn13: "9780441013593",
      popularity: 10,
      version: 1,
    });
    expect((await store.shelf.get("3"))?.title).toBe('Cat "O" Nine Tails');
    expect((await store.shelf.get("5"))?.authors).toEqual(["Martin Luther King, Jr.", "Other Person"]);
    expect([
      (await store.shelf.get("5"))?.year,
      (await store.shelf.get("5"))?.isbn13,
      (await store.shelf.get("5"))?.language,
    ]).toEqual([-750, undefined, "de"]);
  });

  it("run again changes nothing, also gzipped, and makes no event", async () => {
    const { store, run } = make();
    await run("books.csv");
    const events = await store.outbox.size();
    const report = await run("books.csv.gz");
    expect([report.unchanged, report.added, report.changed, await store.outbox.size()]).toEqual([4, 0, 0, events]);
  });

  it("a dry run stores nothing and says what it would do", async () => {
    const { store, run } = make();
    expect((await run("books.csv", { dryRun: true })).added).toBe(4);
    expect(await store.shelf.count()).toBe(0);
  });

  it("reads JSON Lines, where a line that is no object is refused", async () => {
    const { store, run } = make();
    const report = await run("books.jsonl");
    expect([report.rows, report.added, report.rejected]).toEqual([3, 1, 2]);
    expect((await store.shelf.get("j1"))?.authors).toEqual(["A, B"]);
  });

  it("takes columns of other names by a map", async () => {
    const { store, run } = make();
    await run("mapped.csv", { map: { id: "Nr", title: "Titel" } });
    expect((await store.shelf.get("m1"))?.title).toBe("Buch");
  });

  it("the sample catalogue goes in whole: at least 300 books, 12 languages, 5 scripts, without a warning", async () => {
    const store = createMemoryWebStore();
    const file = fileURLToPath(new URL("../../../services/suite/sample_books.csv", import.meta.url));
    const report = await importBooks({ bus: webBus({ store, clock, ids }), shelf: store.shelf, ids }, rowsOf(file));
    expect([report.added >= 300, report.rejected, report.warnings]).toEqual([true, 0, 0]);
    const books = await store.shelf.list({ facets: [], sort: "title", limit: 1_000 });
    expect(new Set(books.map((book) => book.language)).size).toBeGreaterThanOrEqual(12);
    const scripts = [
      /\p{Script=Latin}/u,
      /\p{Script=Cyrillic}/u,
      /\p{Script=Han}/u,
      /\p{Script=Arabic}/u,
      /\p{Script=Greek}/u,
      /\p{Script=Hangul}/u,
    ];
    for (const script of scripts) expect(books.some((book) => script.test(book.title))).toBe(true);
  });
});
