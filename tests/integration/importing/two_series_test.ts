import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { EXPORT_KINDS, exported } from "@/adapters/files/export_rows.ts";
import { importText } from "@/tests/support/catalog/import_text.ts";

describe("a title in two series", () => {
  it("has its first one as its series, the other in the title, and comes back so from every export", async () => {
    const csv = 'id,title\n1,"Fern (Moor, #1; Hill and Dale, #4)"\n2,"Ivy (Moor, #2; A, #1; B, #3)"\n';
    const { books, report } = await importText(csv);
    expect(books.map(({ title, series, series_number }) => [title, series, series_number])).toEqual([
      ["Fern (Hill and Dale, #4)", "Moor", "1"],
      ["Ivy (A, #1; B, #3)", "Moor", "2"],
    ]);
    expect(report.warnings).toBe(0);
    for (const kind of EXPORT_KINDS) {
      expect([kind, (await importText(exported(kind, books, true))).books]).toEqual([kind, books]);
    }
  });

  it("of which a column tells one keeps the other, and loses brackets that repeat it", async () => {
    const { books } = await importText(
      'id,title,series\n1,"Fern (Moor, #1)",Moor\n2,"Ivy (Moor, #2)","Moor, book 2"\n3,"Yew (Moor, #3)",Hill\n',
    );
    expect(books.map(({ title, series, series_number }) => [title, series, series_number])).toEqual([
      ["Fern", "Moor", "1"],
      ["Ivy", "Moor", "2"],
      ["Yew (Moor, #3)", "Hill", undefined],
    ]);
  });
});
