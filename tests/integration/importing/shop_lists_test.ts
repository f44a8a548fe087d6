import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { EXPORT_KINDS, exported } from "@/adapters/files/export_rows.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { importText } from "@/tests/support/catalog/import_text.ts";

const titles = ({ books }: { books: { title: string }[] }) => books.map(({ title }) => title).sort();

describe("a list of a shop or a library", () => {
  it("may have ids that no URL can hold: the book gets an id that is made of it, the same in every run", async () => {
    const file = `id,title\n2019/123,One\nQA 76,Two\n${"x".repeat(65)},Three\n2019/123,Again\n`;
    const first = await importText(file);
    expect(titles(first)).toEqual(["One", "Three", "Two"]);
    expect(first.warned[0]).toMatch(
      /^1 id: "2019\/123" is no id of 1 to 64 characters .*, so that it is the book \S{20}$/,
    );
    expect([first.warned.length, first.report.rejected, Object.keys(first.report.reasons).length]).toEqual([4, 0, 2]);
    expect((await importText(file)).books.map(({ id }) => id)).toEqual(first.books.map(({ id }) => id));
    expect((await importText("id;title\n4\u0007;Four\n")).refused).toEqual([expect.stringMatching(/^1 id: wanted/)]);
  });

  it("keeps the book of a refused row with such an id", async () => {
    const store = createMemoryWebStore();
    await importText("id,title\na/1,One\na/2,Two\n", { store });
    const { report } = await importText("id,title\na/1,One\na/2,\n", { store, replace: true });
    expect([report.removed, report.unnamed]).toEqual([0, 0]);
  });

  it("has its header once more in other case refused, and a line of totals where books have authors", async () => {
    const { books, refused } = await importText(
      "Title,Author,Price\nDune,Ann Olin,3\nTITLE,AUTHOR,PRICE\nTotal: 1,,3\n",
    );
    expect([books.length, refused]).toEqual([1, [
      "2 is the header once more",
      '3 is a line of totals: found "Total: 1" and nothing else of a book',
    ]]);
    expect(titles(await importText("Title,Author\nTotal,Bo Oak\nTotal Recall,\n"))).toEqual(["Total", "Total Recall"]);
    expect(titles(await importText("title\nTotal\n"))).toEqual(["Total"]);
  });

  it("of columns in German, French, Spanish, Italian and Dutch is read, with accents or without", async () => {
    for (
      const header of [
        "Haupttitel;Autor/in;Erscheinungsjahr;Reihe;Band;Schlagworte",
        "Titre;Auteur(s);Année de publication;Série;Tome;Mots-clés",
        "Titre;Auteur;Annee de publication;Serie;Tome;Mots cles",
        "Título;Autor;Año de publicación;Colección;Tomo;Materias",
        "Titolo;Autore;Anno di pubblicazione;Collana;Volume;Soggetti",
        "Titel;Schrijver;Jaar van uitgave;Reeks;Deel;Onderwerpen",
      ]
    ) {
      const { books: [book], report } = await importText(`${header}\nMoor;Olin, Ann;1999;Wasser;3;See\n`);
      expect([header, book?.authors, book?.year, book?.series, book?.series_number, book?.subjects, report.unused])
        .toEqual([header, ["Ann Olin"], 1999, "Wasser", "3", ["See"], []]);
    }
  });

  it("has numbers of series behind their names where no column has them", async () => {
    const series = [
      "Moor, #4",
      "Moor ; Bd. 3",
      "Moor (5)",
      "Moor; 6",
      "Moor, vol. 2.5",
      "Moor Book 7",
      "Apollo 13",
      "(Moor #8)",
    ];
    const rows = series.map((name, at) => `${at};T;${name}\n`).join("");
    const { books } = await importText(`id;title;series\n${rows.replace(/^(\d;T;)(.*)$/gm, '$1"$2"')}`);
    expect(books.map(({ series, series_number }) => [series, series_number])).toEqual([
      ["Moor", "4"],
      ["Moor", "3"],
      ["Moor", "5"],
      ["Moor", "6"],
      ["Moor", "2.5"],
      ["Moor", "7"],
      ["Apollo 13", undefined],
      ["Moor", "8"],
    ]);
    for (const kind of EXPORT_KINDS) {
      const book = { id: "1", title: "A", series: "Moor #4", authors: [], subjects: [], popularity: 0, version: 1 };
      expect([kind, (await importText(exported(kind, [book], true))).books]).toEqual([kind, [book]]);
    }
  });

  it("has years in Roman numerals, and languages by any name that is known", async () => {
    const years = ["MCMXCIX", "[MMIV]", "MDCCCL.", "MIX", "MILL", "DCC"];
    const { books } = await importText(`id;title;year\n${years.map((year, at) => `${at};T;${year}\n`).join("")}`);
    expect(books.map(({ year }) => year)).toEqual([1999, 2004, 1850, 1009, undefined, undefined]);
    const names = ["Sanskrit", "Esperanto", "Suaheli", "eng.", "Hebräisch"];
    const file = `id;title;language\n${names.map((name, at) => `${at};T;${name}\n`).join("")}`;
    expect((await importText(file)).books.map(({ language }) => language)).toEqual(["sa", "eo", "sw", "en", "he"]);
  });

  it("of a spreadsheet has nothing where a formula failed", async () => {
    const { books, refused, warned } = await importText("id,title,author\n#REF!,One,A B\n2,Two,#NAME?\n");
    expect([books.map(({ authors }) => authors), refused, warned]).toEqual([[[]], ["1 no id"], []]);
  });

  it("in UTF-16 without a mark is read, also where few letters are Latin", async () => {
    const text = "Titel;Autor\nТихий Дон;Шолохов Михаил\nМать;Горький Максим\n三體;劉慈欣\n";
    const cyrillic = text.replace("Titel;Autor", "Название;Автор");
    for (const file of [text, cyrillic]) {
      const [little, big] = [Buffer.from(file, "utf16le"), Buffer.from(file, "utf16le").swap16()];
      for (const [name, bytes] of [["utf-16le", little], ["utf-16be", big]] as const) {
        const { books, format } = await importText(bytes, { map: { title: file === text ? "Titel" : "Название" } });
        expect([format.encoding?.name, books.length]).toEqual([name, 3]);
      }
    }
    const { format } = await importText("id,title\n1,A\0\n2,B\0\n3,C\0\n");
    expect(format.encoding?.name).toBe("utf-8");
  });

  it("of which nothing could be used suggests no map for a title that it has", async () => {
    const { report } = await importText("title,author\nMoor,Ann Olin\n", { id: "isbn" });
    expect([report.reasons, report.suggestion]).toEqual([{ "no ISBN, which is the id": 1 }, undefined]);
    const file = "title,Name des Werks\n,Moor\n,Fern\n";
    expect((await importText(file)).report.suggestion).toBe("title=Name des Werks");
  });

  it("that is an empty archive is named", async () => {
    await expect(importText(`PK\x05\x06${"\0".repeat(18)}`)).rejects.toThrow("this is a ZIP archive without files");
  });
});

describe("a file that is no list of books", () => {
  const TEXTS: Record<string, string> = {
    "BibTeX": "% Encoding: UTF-8\n\n@book{olin,\n title={Moor}}\n",
    "a list of EndNote": "%0 Book\n%T Moor\n",
    "a list of PubMed": "PMID- 123\nTI  - Moor\n",
    "SQL": "-- MySQL dump 10.13\n\nCREATE TABLE `books` (`id` int);\n",
    "YAML": "- title: Moor\n  author: Ann Olin\n",
    "an e-mail": "From: a@b.example\nTo: c@d.example\n\nTitle,Author\n",
    "a web page (HTML)": "<table><tr><th>Title</th></tr></table>",
  };
  for (const [what, text] of Object.entries(TEXTS)) {
    it(`is said to be ${what}`, () => expect(importText(text)).rejects.toThrow(`this is ${what}, which is not read`));
  }

  it("is said to be no text where its first line has signs that no text has, but a delimiter that was named", async () => {
    for (const [sign, start] of [["U+0000", "II*\0\x08"], ["U+0010", "RIFF\x10"], ["U+0003", "\x03c\x01"]] as const) {
      await expect(importText(`${start}aaa\nbbb\n`)).rejects.toThrow(
        `this is no text: found ${sign} in its first line`,
      );
    }
    expect(titles(await importText("id\x01title\n1\x01Moor\n", { delimiter: "\x01" }))).toEqual(["Moor"]);
    expect(titles(await importText("Set name;Title\nA;Moor\n"))).toEqual(["Moor"]);
    expect(titles(await importText("From: May\nTo: June\nid,title\n1,Moor\n"))).toEqual(["Moor"]);
  });

  it("but a table by its columns in JSON is refused, not made one book", async () => {
    for (const text of ['{"id":[1,2],"title":["A","B"]}', '{"id":{"0":1,"1":2},"title":{"0":"A","1":"B"}}']) {
      const { books, refused } = await importText(text);
      expect([books, refused]).toEqual([[], ["1 holds a list for each column: wanted an object for each book"]]);
    }
  });

  it("in XML is read in the encoding that it declares", async () => {
    const xml = (encoding: string, title: string) =>
      `<?xml version="1.0" encoding="${encoding}"?><collection><record><leader>00000nam a2200000</leader>` +
      `<controlfield tag="001">1</controlfield><datafield tag="245"><subfield code="a">${title}</subfield></datafield></record></collection>`;
    const cyrillic = Buffer.from(xml("windows-1251", "\xcc\xee\xf5"), "latin1");
    expect(titles(await importText(cyrillic, { chunk: 1_000 }))).toEqual(["Мох"]);
    expect(titles(await importText(xml("ISO-8859-1", "Möor"), { chunk: 1_000 }))).toEqual(["Möor"]);
    expect(titles(await importText(Buffer.from(xml("MARC-8", "M\xf6or"), "latin1"), { chunk: 1_000 }))).toEqual([
      "Möor",
    ]);
  });

  it("of MARC says which fields it has instead of a title, and keeps a title in its own script", async () => {
    const record = (fields: string) =>
      `<collection><record><leader>00000nam a2200000</leader><controlfield tag="001">1</controlfield>${fields}</record></collection>`;
    const field = (tag: string, subfields: string) =>
      `<datafield tag="${tag}" ind1="1" ind2="0">${subfields}</datafield>`;
    const { refused } = await importText(record(field("021A", '<subfield code="a">Moor</subfield>')));
    expect(refused).toEqual(["1 has no title: wanted field 245, found 001, 021A"]);
    const codes = await importText(record(
      field("245", '<subfield code="a">Moor</subfield>') + field("041", '<subfield code="a">engfre</subfield>'),
    ));
    expect([codes.books[0]?.language, codes.warned]).toEqual(["en", []]);
    const { books } = await importText(record(
      field("245", '<subfield code="6">880-02</subfield><subfield code="a">San ti /</subfield>') +
        field("880", '<subfield code="6">245-02/$1</subfield><subfield code="a">三体 /</subfield>'),
    ));
    expect([books[0]?.title, books[0]?.original_title]).toEqual(["San ti", "三体"]);
  });
});
