import { after, describe, it } from "@std/testing/bdd";
import { mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { expect } from "@std/expect";
import { writeWhole } from "@/adapters/files/write_whole.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { blockListOf } from "@/services/trend/block_list.ts";
import { operate } from "@/tests/support/processes/processes.ts";

const folder = Deno.makeTempDirSync();
const env = { DATA_DIR: join(folder, "data") };
/** A file with this content. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const missing = join(folder, "missing");
const aFolder = join(folder, "folder");
mkdirSync(aFolder);
const zipped = gzipSync("id,title\n".padEnd(100_000, "a,Some title\n"));
/** The first block behind the head of ten bytes is of a kind that there is not. */
const damaged = Uint8Array.from(zipped, (byte, at) => at === 10 ? 0xff : byte);
const books = file("books.csv", "id,title\na,A\n");
const rejects = file("rejects.csv", "");

/** Faults by what they are of: the work, the file that its fault must name, and what else it must say. */
const FAULTS: [of: string, work: () => unknown, file: string, says: RegExp][] = [
  ["settings that are not there", () => readSettings({}, ["--env-file", missing]), missing, /cannot read/],
  ["a setting in a file", () => readSettings({}, ["--env-file", file("a.env", "WEB_PORT=x\n")]), "a.env", /WEB_PORT/],
  [
    "a half-set setting in a file",
    () => readSettings({}, ["--env-file", file("b.env", "KAFKA_SASL=plain\nKAFKA_BROKERS=b:1\n")]),
    "b.env",
    /KAFKA_SASL: plain/,
  ],
  ["a secret that is not there", () => readSettings({ ADMIN_TOKEN_FILE: missing }, []), missing, /ADMIN_TOKEN_FILE/],
  ["a token", () => readSettings({ ADMIN_TOKEN_FILE: file("token", "short") }, []), "token", /ADMIN_TOKEN: wanted/],
  ["a URL", () => readSettings({ MYSQL_URL_FILE: file("url", "mysql://a:b@h?x") }, []), "url", /MYSQL_URL: wanted no/],
  ["a list that is not there", () => blocked(missing), missing, /TREND_BLOCK_LIST: cannot read/],
  ["a pattern of a list", () => blocked(file("words", "one\n/(/\n")), "words", /pattern that is none: .*\(/],
  ["a disk that is full", () => writeWhole({ file: 0, path: books }, zipped, takesPart()), books, /ENOSPC/],
];
/** A disk that takes ten bytes, and then no more. */
function takesPart() {
  let left = 10;
  return (_file: number, bytes: Uint8Array, _at: number, length: number) => {
    const taken = Math.min(left, length);
    left -= taken;
    if (taken === 0) throw new Error(`ENOSPC, of ${bytes.length} bytes`);
    return taken;
  };
}
const blocked = (path: string) => blockListOf(readSettings({ TREND_BLOCK_LIST: path }, []));

const COMMANDS: [of: string, args: string[], file: string, says: RegExp][] = [
  ["an import of what is not there", ["import", missing], missing, /there is no file/],
  ["an import of a folder", ["import", aFolder], aFolder, /it is a folder/],
  [
    "gzip that is cut off",
    ["import", file("cut.csv.gz", zipped.subarray(0, 200))],
    "cut.csv.gz",
    /is cut off: its end is missing/,
  ],
  ["gzip that is damaged", ["import", file("bad.csv.gz", damaged)], "bad.csv.gz", /is damaged: it cannot be unpacked/],
  ["a workbook", ["import", file("books.xlsx", "PK\x03\x04")], "books.xlsx", /workbook/],
  ["a file without rows", ["import", file("empty.csv", "")], "empty.csv", /is empty/],
  ["a column that is not there", ["import", books, "--map", "title=Name"], books, /no column Name/],
  [
    "a delimiter that the file does not have",
    ["import", books, "--delimiter", ";"],
    books,
    /columns found: id,title; .*--delimiter/,
  ],
  ["a report that is there", ["import", books, "--rejects", rejects], rejects, /not overwritten/],
  ["an export to what is there", ["export", books], books, /it exists/],
  ["an export into no folder", ["export", join(missing, "x.csv")], missing, /its folder is not there: make that first/],
  [
    "an export below a file",
    ["export", join(books, "x.csv"), "--force"],
    books,
    /what its path has for a folder is a file/,
  ],
  ["an export onto a folder", ["export", aFolder, "--as", "csv", "--force"], aFolder, /it is a folder: wanted a file/],
  ["an export into the system", ["export", "/proc/x.csv"], "/proc/x.csv", /in a folder of the system itself/],
  [
    "a report into no folder",
    ["import", books, "--rejects", join(missing, "r.csv")],
    missing,
    /its folder is not there/,
  ],
];

it("writeWhole() goes on where a disk takes a part of what it is given", () => {
  const taken: number[] = [];
  const write = (_file: number, bytes: Uint8Array, at: number) => taken.push(bytes[at]!) && 1;
  writeWhole({ file: 0, path: "x" }, Uint8Array.of(1, 2, 3), write);
  expect(taken).toEqual([1, 2, 3]);
});

/** Folders that cannot hold data, and what is said of them. */
const FOLDERS: [of: string, DATA_DIR: string, says: RegExp][] = [
  ["a file", books, /it is a file: wanted a folder/],
  ["a folder below a file", join(books, "data"), /what its path has for a folder is a file/],
  ["a folder of the system", "/proc/x", /in a folder of the system itself/],
];

describe("a DATA_DIR that cannot hold data is named, with what is wrong about it", () => {
  for (const [of, DATA_DIR, says] of FOLDERS) {
    it(of, async () => {
      const { code, err } = await operate("dead-letters", ["list"], { DATA_DIR });
      const last = err.trimEnd().split("\n").at(-1)!;
      expect([code, last]).toEqual([1, expect.stringContaining(`DATA_DIR ${DATA_DIR} cannot be written: `)]);
      expect(last).toMatch(says);
    });
  }
});

describe("a fault of a file names the file", () => {
  after(() => Deno.removeSync(folder, { recursive: true }));

  for (const [of, work, path, says] of FAULTS) {
    it(of, () => {
      expect(work).toThrow(path);
      expect(work).toThrow(says);
    });
  }

  for (const [of, args, path, says] of COMMANDS) {
    it(of, async () => {
      const { code, err } = await operate(args[0]!, args.slice(1), env);
      const last = err.trimEnd().split("\n").at(-1)!;
      expect(code).toBe(1);
      expect(last).toContain(path);
      expect(last).toMatch(says);
    });
  }
});
