import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { importFile } from "@/services/import_file.ts";
import { webBus } from "@/services/web/app.ts";
import { marcRecord, marcXml } from "@/tests/support/catalog/marc_file.ts";

describe("refused MARC records", () => {
  let folder: string;
  before(async () => void (folder = await Deno.makeTempDir()));
  after(() => Deno.remove(folder, { recursive: true }));

  async function imported(name: string, content: string | Uint8Array) {
    const path = `${folder}/${name}`;
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    const store = createMemoryWebStore();
    const [rejects, warnings] = [`${path}.rejects`, `${path}.warnings`];
    const { report, format } = await importFile({ bus: webBus({ store, clock, ids }), shelf: store.shelf, ids }, {
      path,
      rejects,
      warnings,
    });
    const books = await store.shelf.list({ facets: [], sort: "title", limit: 100 });
    return {
      kind: format.kind,
      rejected: report.rejected,
      titles: books.map(({ title }) => title),
      rejects: await Deno.readFile(rejects),
      warnings: await Deno.readTextFile(warnings),
    };
  }

  it("of MARC 21 are kept byte by byte, and can be imported again when they are mended", async () => {
    const good = marcRecord([["001", "1"], ["245", "10|aOne"]]);
    const untitled = marcRecord([["001", "2"], ["245", "10|bÉtude"]]);
    const latin = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
    const lying = marcRecord([["001", "3"], ["245", "10|aB\xe9"]], latin);
    const cut = marcRecord([["001", "4"], ["245", "10|aFour and more"]]).subarray(0, -9);
    const first = await imported("a.mrc", Buffer.concat([good, untitled, Buffer.from("\r\n"), lying, good, cut]));
    expect([first.titles, first.rejected]).toEqual([["One"], 3]);
    expect(Buffer.from(first.rejects).equals(Buffer.concat([untitled, lying, cut]))).toBe(true);
    expect(first.warnings.split("\n")).toEqual([
      "row,line,warning",
      "2,,refused: no title",
      '3,,"refused: says that it is in UTF-8, and has bytes that are none"',
      expect.stringMatching(/^4,,"id: /),
      expect.stringMatching(/^5,,"refused: is cut off: wanted \d+ bytes, as its leader says, found \d+"$/),
      "",
    ]);
    const mended = Buffer.from(first.rejects.map((byte, at) => byte === 0x62 && at < untitled.length ? 0x61 : byte));
    const again = await imported("b.mrc", mended);
    expect([again.kind, again.titles, again.rejected]).toEqual(["MARC 21", ["Étude"], 2]);
  });

  for (const prefix of ["", "marc:"]) {
    it(`of MARCXML ${prefix === "" ? "without" : "with"} a prefix are kept with their reasons`, async () => {
      const one = marcXml([["001", "1"], ["245", "10|aOne"]], prefix);
      const two = marcXml([["001", "2"], ["245", "10|bTwo & <more> Ünits"], ["700", "1 |aA, B|4aut"]], prefix);
      const odd = two.replace(">2<", ">\u202e2<").replace('code="b"', 'code="a"');
      const root = prefix === "" ? "collection" : "marc:collection";
      const xml = `<?xml version="1.0"?>\n<${root} xmlns:marc="x">${one}<!-- ä -->${two}\n${odd}</${root}>`;
      const first = await imported(`${prefix.length}.xml`, xml);
      expect([first.titles, first.rejected]).toEqual([["One"], 2]);
      const text = new TextDecoder().decode(first.rejects);
      expect(text).toContain(`<!-- row 2: no title -->\n${two}\n<!-- row 3: id: wanted`);
      expect(text).toContain(`${odd}\n</${root}>`);
      const again = await imported(`${prefix.length}.again.xml`, text.replace('code="b"', 'code="a"'));
      expect([again.kind, again.titles, again.rejected]).toEqual(["MARCXML", ["Two & <more> Ünits"], 1]);
    });
  }

  it("of which there are none make an empty file", async () => {
    const { rejects } = await imported(
      "none.xml",
      `<collection>${marcXml([["001", "1"], ["245", "10|aOne"]])}</collection>`,
    );
    expect(rejects.length).toBe(0);
  });
});
