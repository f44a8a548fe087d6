import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { importFile } from "@/services/import_file.ts";
import { webBus } from "@/services/web/app.ts";
import { marcRecord } from "@/tests/support/catalog/marc_file.ts";

describe("the rows that an import names", () => {
  let folder: string;
  before(async () => {
    folder = await Deno.makeTempDir();
  });
  after(() => Deno.remove(folder, { recursive: true }));

  async function said(name: string, content: string | Uint8Array): Promise<string[]> {
    const path = `${folder}/${name}`;
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    const store = createMemoryWebStore();
    const found: string[] = [];
    const warnings = `${folder}/${name}.warnings.csv`;
    await importFile({ bus: webBus({ store, clock, ids }), shelf: store.shelf, ids }, {
      path,
      warnings,
      onReject: (row, reason) => void found.push(`${row}: ${reason}`),
      onWarning: (row, warning) => void found.push(`${row}: ${warning.split(":")[0]}`),
    });
    return [...found, ...(await Deno.readTextFile(warnings)).trim().split("\n").map((line) => line.split(":")[0]!)];
  }

  it("have their line in CSV, behind the header, empty lines and cells of several lines", async () => {
    const csv = 'id,title,year\na,"Two\nlines",1999\n\n\nb,,2001\nc,Good,never\n';
    expect(await said("lines.csv", csv)).toEqual([
      "row 2 (line 6): no title",
      "row 3 (line 7): year",
      "row,line,warning",
      expect.stringMatching(/^3,7,"?year/),
    ]);
  });

  it("have the line that they begin in in JSON Lines and in JSON", async () => {
    expect(await said("lines.jsonl", '{"id":"a","title":"A"}\n\n{"id":"b"}\n')).toContain("row 2 (line 3): no title");
    const json = '[\n  {\n    "id": "a",\n    "title": "A"\n  },\n  {\n    "id": "b"\n  }\n]\n';
    expect(await said("lines.json", json)).toContain("row 2 (line 6): no title");
  });

  it("have their number alone in MARC 21, which has no lines", async () => {
    const record = (id: string, title: string) => marcRecord([["001", id], ["245", `10|a${title}`]]);
    expect(await said("lines.mrc", Buffer.concat([record("a", "A"), record("b", "")]))).toContain("row 2: no title");
  });
});
