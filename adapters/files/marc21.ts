import { type Bytes, splitAt } from "./bytes.ts";
import { isUtf8 } from "./encoding.ts";
import { ansel } from "./ansel.ts";
import { marcBook, type MarcField } from "./marc_book.ts";
import type { ImportRow } from "@/application/catalog/import_source.ts";

const FIELD_END = 0x1e;
const RECORD_END = 0x1d;
const SUBFIELD = "\x1f";
const LEADER_BYTES = 24;
const ENTRY_BYTES = 12;
const MOST_RECORD_BYTES = 1024 * 1024;

/** Whether a file begins as ISO 2709 does: a leader with two lengths in it. */
export const isMarc21 = (head: Uint8Array): boolean =>
  /^\s*\d{5}[a-z ]\w/i.test(asciiOf(head.subarray(0, 40))) &&
  /^\s*\d{5}.{7}\d{5}/.test(asciiOf(head.subarray(0, 40)));

/**
 * The books of a file of MARC 21 records (ISO 2709). Fields are cut at their ends, as real files have lengths that are wrong. A record is
 * in UTF-8 when it says so or fits it, else in MARC-8, of which the Latin part is read.
 */
export async function* marc21Rows(source: Bytes): AsyncGenerator<ImportRow> {
  let at = 0;
  for await (const bytes of splitAt(source, RECORD_END, MOST_RECORD_BYTES)) {
    if (asciiOf(bytes).trim() === "") continue;
    at++;
    const record = bytes.subarray(bytes.findIndex((byte) => byte > 0x20));
    yield marc21Row(record, at);
  }
}

function marc21Row(record: Uint8Array, at: number): ImportRow {
  const line = `${asciiOf(record)}\x1d`;
  const base = Number(asciiOf(record.subarray(12, 17)));
  const directoryEnd = record.indexOf(FIELD_END);
  if (!Number.isInteger(base) || directoryEnd < LEADER_BYTES || base < LEADER_BYTES) {
    return { fault: "is no MARC 21 record: its leader or directory cannot be read", line, at };
  }
  const decode = decoderOf(record);
  if (decode === undefined) return { fault: "is in a part of MARC-8 that is not read here", line, at };
  const tags = asciiOf(record.subarray(LEADER_BYTES, directoryEnd));
  const fields: MarcField[] = [];
  let from = directoryEnd + 1;
  for (let entry = 0; entry + ENTRY_BYTES <= tags.length && from < record.length; entry += ENTRY_BYTES) {
    const found = record.indexOf(FIELD_END, from);
    const end = found === -1 ? record.length : found;
    fields.push(fieldOf(tags.slice(entry, entry + 3), decode(record.subarray(from, end))));
    from = end + 1;
  }
  const columns = marcBook(fields);
  return { columns, line: JSON.stringify(columns), at };
}

function fieldOf(tag: string, text: string): MarcField {
  if (tag < "010") return { tag, first: " ", value: text, subfields: [] };
  const subfields = text.split(SUBFIELD).slice(1).map((part) => ({ code: part.slice(0, 1), value: part.slice(1) }));
  return { tag, first: text.slice(0, 1), value: "", subfields };
}

const UTF_8 = new TextDecoder("utf-8");
const asciiOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

function decoderOf(record: Uint8Array): ((bytes: Uint8Array) => string) | undefined {
  if (isUtf8(record)) return (bytes) => UTF_8.decode(bytes);
  return record.includes(0x1b) || record[9] === 0x61 ? undefined : ansel;
}
