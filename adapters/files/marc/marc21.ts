import { type Bytes, splitAt } from "@/adapters/files/bytes.ts";
import { isUtf8 } from "@/adapters/files/encoding.ts";
import { ansel, isAnsel } from "./ansel.ts";
import { marcBook, type MarcField, noBook } from "./marc_book.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";

const FIELD_END = 0x1e;
const RECORD_END = 0x1d;
const SUBFIELD = "\x1f";
const LEADER_BYTES = 24;
const ENTRY_BYTES = 12;
const MOST_RECORD_BYTES = 1024 * 1024;

/** Whether a file begins as ISO 2709 does: a leader with two lengths in it. */
export const isMarc21 = (head: Uint8Array): boolean =>
  /^(?:\xef\xbb\xbf)?\s*\d{5}[a-z ]\w.{5}\d{5}/i.test(asciiOf(head.subarray(0, 40)));

/**
 * The books of a file of MARC 21 records (ISO 2709). Fields are cut at their ends, as real files have lengths that are wrong. A record is
 * in UTF-8 when it says so or fits it, else in MARC-8, of which the Latin part is read, or in Latin-1. A record with others is refused.
 */
export async function* marc21Rows(source: Bytes): AsyncGenerator<ImportRow> {
  for await (const bytes of splitAt(source, RECORD_END, MOST_RECORD_BYTES)) {
    if (asciiOf(bytes).trim() === "") continue;
    // Line breaks and a byte order mark may stand before a record.
    const record = bytes.subarray(bytes.findIndex((byte) => byte > 0x20 && byte < 0x80));
    yield marc21Row(record);
  }
}

function marc21Row(record: Uint8Array): ImportRow {
  const line = `${asciiOf(record)}\x1d`;
  const base = Number(asciiOf(record.subarray(12, 17)));
  const directoryEnd = record.indexOf(FIELD_END);
  if (!/^\d{5}/.test(line) || !Number.isInteger(base) || directoryEnd < LEADER_BYTES || base < LEADER_BYTES) {
    return { fault: "is no MARC 21 record: its leader or directory cannot be read", line };
  }
  if (record.at(-1) !== FIELD_END && record.length + 1 < Number(asciiOf(record.subarray(0, 5)))) {
    const [said, found] = [Number(asciiOf(record.subarray(0, 5))), record.length];
    return {
      fault: `is cut off: wanted ${said} bytes, as its leader says, found ${found}`,
      line: asciiOf(record),
    };
  }
  const decode = decoderOf(record);
  if (typeof decode === "string") return { fault: decode, line };
  const tags = asciiOf(record.subarray(LEADER_BYTES, directoryEnd));
  const fields: MarcField[] = [];
  let from = directoryEnd + 1;
  for (let entry = 0; entry + ENTRY_BYTES <= tags.length && from < record.length; entry += ENTRY_BYTES) {
    const found = record.indexOf(FIELD_END, from);
    const end = found === -1 ? record.length : found;
    fields.push(fieldOf(tags.slice(entry, entry + 3), decode(record.subarray(from, end))));
    from = end + 1;
  }
  const fault = noBook(line.slice(0, LEADER_BYTES), fields);
  return fault === undefined ? { columns: marcBook(fields), line } : { fault, line };
}

function fieldOf(tag: string, text: string): MarcField {
  if (tag < "010") return { tag, first: " ", value: text, subfields: [] };
  const subfields = text.split(SUBFIELD).slice(1).map((part) => ({ code: part.slice(0, 1), value: part.slice(1) }));
  return { tag, first: text.slice(0, 1), value: "", subfields };
}

const LATIN_1 = new TextDecoder("windows-1252");
const UTF_8 = new TextDecoder("utf-8");
const asciiOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

/** What reads a record's bytes, or why they cannot be read. */
function decoderOf(record: Uint8Array): ((bytes: Uint8Array) => string) | string {
  const script = scriptOf(asciiOf(record));
  if (script !== undefined) {
    return `has text in MARC-8's ${script}, of which Latin alone is read: export the file in UTF-8`;
  }
  if (isUtf8(record)) return (bytes) => UTF_8.decode(bytes).replace(ESCAPES, "");
  if (record[9] === 0x61) return "says that it is in UTF-8, and has bytes that are none";
  return isAnsel(record)
    ? (bytes) => ansel(bytes).replace(ESCAPES, "")
    : (bytes) => LATIN_1.decode(bytes).replace(ESCAPES, "");
}

/** How MARC-8 goes over to another set of signs. The letters and digits of some of these are ASCII, and would be read as such. */
// deno-lint-ignore no-control-regex
const ESCAPES = /\x1b([ -/]*[0-~])/g;
const SCRIPTS: Record<string, string> = {
  N: "Cyrillic",
  Q: "Cyrillic",
  S: "Greek",
  g: "Greek",
  2: "Hebrew",
  3: "Arabic",
  4: "Arabic",
  1: "Chinese, Japanese and Korean",
};
/** Back to ASCII, ANSEL (also after these), and the digits of formulas, which are ASCII too. */
const LATIN = /^(?:[(),-]!?[BE]|[sbp])$/;

/** The first script but Latin that a record goes over to. */
function scriptOf(text: string): string | undefined {
  const found = text.matchAll(ESCAPES).map(([, set = ""]) => set).find((set) => !LATIN.test(set));
  return found === undefined ? undefined : SCRIPTS[found.at(-1)!] ?? "other scripts";
}
