import { after, before, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operate } from "@/tests/support/processes/processes.ts";

describe("the import and export commands", () => {
  let folder: string;
  let run = 0;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const importing = async (...args: string[]) => {
    const { code, out, err } = await operate("import", [...args, "--json"], env);
    return { code, err, report: out === "" ? undefined : JSON.parse(out) };
  };
  before(async () => void (folder = await Deno.makeTempDir()));
  after(() => Deno.remove(folder, { recursive: true }));
  beforeEach(() => void (env = { DATA_DIR: path(`data${++run}`) }));

  it("keeps refused rows as they are, to be mended and imported; writes over no file", async () => {
    const odd = '3,,"Drei, ""so"" ; x","1999"\n';
    writeFileSync(path("books.csv"), `Nr,title,Werk,Jahr\n1,One,Eins,abc\n2,,,1999\n${odd}`);
    const args = [
      path("books.csv"),
      "--map",
      "id=Nr,year=Jahr",
      "--rejects",
      path("rejects.csv"),
      "--warnings",
      path("warnings.csv"),
    ];
    const first = await importing(...args);
    expect([first.code, first.report.added, first.report.rejected, first.report.warnings]).toEqual([0, 1, 2, 1]);
    const rejects = readFileSync(path("rejects.csv"), "utf8");
    expect(rejects).toBe(`import_row,import_reason,Nr,title,Werk,Jahr\n2,no title,2,,,1999\n3,no title,${odd}`);
    expect(readFileSync(path("warnings.csv"), "utf8").split("\n")[1]).toContain("1,");
    const mended = await importing(path("rejects.csv"), "--map", "id=Nr,title=Werk");
    expect([mended.code, mended.report.added, mended.report.rejected]).toEqual([0, 1, 1]);
    for (const taken of ["books.csv", "rejects.csv"]) {
      const before = readFileSync(path(taken), "utf8");
      const again = await operate("import", [path("books.csv"), "--rejects", path(taken)], env);
      expect([again.code, readFileSync(path(taken), "utf8")]).toEqual([1, before]);
      expect(again.err).toContain("it exists");
    }
  });

  it("keeps refused lines of JSON as they are, also those that are none", async () => {
    writeFileSync(path("books.jsonl"), '{"id":"a","title":"A"}\n{"id": 12345678901234567890}\nrubbish\n');
    await importing(path("books.jsonl"), "--rejects", path("rejects.jsonl"));
    expect(readFileSync(path("rejects.jsonl"), "utf8")).toBe(
      '{"import_row":2,"import_reason":"no title","id": 12345678901234567890}\n' +
        '{"import_row":3,"import_reason":"is not JSON: wanted a value at column 1, found \\"rubbish\\"","import_line":"rubbish"}\n',
    );
    const again = await importing(path("rejects.jsonl"));
    expect([again.code, again.report.reasons]).toEqual([1, {
      "no title": 1,
      "is not JSON: wanted a value at column …, found …": 1,
    }]);
  });

  it("fails on a file of which nothing could be used, and says what would do", async () => {
    writeFileSync(path("odd.csv"), "Nr;Überschrift\n1;Der alte Turm\n2;Das Meer\n");
    const { code, err } = await operate("import", [path("odd.csv")], env);
    expect([code, err.split("\n").at(-2)]).toEqual([
      1,
      `bookstream import: ${
        path("odd.csv")
      }: none of 2 rows could be used: no title; columns found: Nr, Überschrift; try --map "title=Überschrift"`,
    ]);
    expect((await operate("import", [path("odd.csv"), "--map", "title=Überschrift"], env)).code).toBe(0);
  });

  it("says of a path what is there in the place of books", async () => {
    const files: [string, Uint8Array | string, string][] = [
      ["empty.csv", "", "the file is empty"],
      ["header.csv", "id,title\n", "no rows below the header id, title"],
      ["list.json", "[]", "the file has no rows"],
      ["picture.jpg", Uint8Array.from({ length: 900 }, (_, at) => 128 + (at * 37) % 128), "the file is no text"],
    ];
    for (const [name, content] of files) writeFileSync(path(name), content);
    const others: typeof files = [["none.csv", "", `there is no file ${path("none.csv")}`], [
      ".",
      "",
      "it is a folder",
    ]];
    for (const [name, , wanted] of [...files, ...others]) {
      const { code, err } = await operate("import", [path(name)], env);
      expect([name, code, err.trim().split("\n").at(-1)]).toEqual([name, 1, expect.stringContaining(wanted)]);
    }
  });

  it("--replace says first what it would remove, and removes it with --yes", async () => {
    writeFileSync(path("all.csv"), "id,title\n1,A\n2,B\n3,C\n");
    writeFileSync(path("some.csv"), "id,title\n2,B\n4,D\n");
    await importing(path("all.csv"));
    const dry = await importing(path("some.csv"), "--replace");
    const kept = await operate("export", [path("kept.jsonl")], env);
    const real = await importing(path("some.csv"), "--replace", "--yes");
    await operate("export", [path("left.jsonl")], env);
    expect([dry.report.removed, dry.report.added, kept.out]).toEqual([
      2,
      1,
      `3 books written to ${path("kept.jsonl")}\n`,
    ]);
    expect([real.report.removed, real.report.added]).toEqual([2, 1]);
    const left = readFileSync(path("left.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line).id);
    expect(left).toEqual(["2", "4"]);
  });

  it("--replace keeps the books of refused rows, and removes nothing where one does not say which book it is", async () => {
    writeFileSync(path("whole.csv"), "id,title\n1,A\n2,B\n3,C\n");
    writeFileSync(path("untitled.csv"), "id,title\n2,\n4,D\n");
    writeFileSync(path("nameless.csv"), "id,title\n,E\n4,D\n");
    await importing(path("whole.csv"));
    const removed = [];
    for (const name of ["nameless.csv", "untitled.csv"]) {
      for (const yes of [[], ["--yes"]]) {
        const { report } = await importing(path(name), "--replace", ...yes);
        removed.push([report.rejected, report.unnamed, report.removed]);
      }
    }
    expect(removed).toEqual([[1, 1, 0], [1, 1, 0], [1, 0, 2], [1, 0, 2]]);
    await operate("export", [path("stayed.jsonl")], env);
    const stayed = readFileSync(path("stayed.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line).id);
    expect(stayed).toEqual(["2", "4"]);
  });

  it("an export is read back as it was, as CSV, JSON Lines and MARC 21", async () => {
    const books = [
      {
        id: "e1",
        title: 'A "b" ; & &amp;amp; c',
        authors: ["Last, First", "Ann; Olin"],
        subjects: ["x, y", "z | w"],
        year: -400,
        language: "en-us",
        isbn13: "9780306406157",
        description: "one\ntwo",
        popularity: 7,
      },
      {
        id: "e2",
        title: "Zwei (Sea, #1) &",
        subtitle: "s",
        original_title: "o",
        series: "Q",
        series_number: "1.5",
        work_id: "OL1W",
        authors: ["Ünï ✓ 漢字"],
        subjects: [],
        contributors: [{ name: "Per, Lund", role: "translator" }],
        popularity: 0,
      },
      {
        id: "e3",
        title: "Long",
        authors: [],
        subjects: [],
        description: "Größe 😀 ".repeat(1_500).trim(),
        popularity: 0,
      },
    ];
    writeFileSync(path("in.jsonl"), books.map((book) => JSON.stringify(book)).join("\n"));
    expect((await importing(path("in.jsonl"))).report.added).toBe(3);
    for (const name of ["out.jsonl", "out.csv", "out.mrc"]) {
      expect((await operate("export", [path(name)], env)).code).toBe(0);
      const same = await importing(path(name));
      expect([name, same.report?.unchanged, same.report?.reasons]).toEqual([name, 3, {}]);
      const fresh = { DATA_DIR: path(`fresh-${name}`) };
      expect((await operate("import", [path(name)], fresh)).code).toBe(0);
      await operate("export", [path(`again-${name}`)], fresh);
      expect(readFileSync(path(`again-${name}`), "utf8")).toBe(readFileSync(path(name), "utf8"));
    }
    expect((await operate("export", [path("out.csv")], env)).code).toBe(1);
  });

  it("the samples are removed by one command, and other books stay", async () => {
    await importing("services/suite/sample_books.csv");
    writeFileSync(path("own.csv"), "id,title\nown1,Mine\n");
    await importing(path("own.csv"));
    expect((await operate("remove-samples", ["--dry-run"], env)).out).toContain("would remove");
    await operate("remove-samples", [], env);
    await operate("export", [path("own-left.jsonl")], env);
    expect(JSON.parse(readFileSync(path("own-left.jsonl"), "utf8")).id).toBe("own1");
  });
});
