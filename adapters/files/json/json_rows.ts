import type { FieldMap } from "@/application/catalog/importing/columns/column_names.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import { isDeeper, jsonFault, placeOf } from "@/application/shared/text/json_fault.ts";
import { type Bytes, splitAt } from "@/adapters/files/bytes.ts";
import { type JsonBooks, jsonBooks } from "./json_books.ts";
import { jsonTexts, MOST_ROW_BYTES, type PlacedText } from "./json_texts.ts";

const UTF_8 = new TextDecoder();
/** No list of books is nested so deep, and what reads a value may walk it by recursion. */
const MOST_LEVELS = 100;

/** The rows of JSON Lines in UTF-8, split at the byte of a line break only: other line separators are legal inside strings. */
export async function* jsonLines(source: Bytes, map?: FieldMap): AsyncGenerator<ImportRow> {
  const books = jsonBooks(map);
  for await (const { text, line } of textLines(source)) {
    // A value of an array that stands a line each.
    const value = text.trimEnd().replace(/,$/, "");
    const column = 1 + value.length - value.trimStart().length;
    if (!["[", "]"].includes(value.trim())) yield rowOf({ text: value.trim(), line, column }, books);
  }
}

/** The rows of a JSON array of objects, of objects one after another, or of an object that holds them in a list or by their ids. */
export async function* jsonValues(source: Bytes, map?: FieldMap): AsyncGenerator<ImportRow> {
  const books = jsonBooks(map);
  for await (const value of jsonTexts(source)) {
    if (value.text === "") {
      yield {
        fault: "is missing: the list has no end, so that the file may be cut off",
        line: "",
        lineNumber: value.line,
      };
      continue;
    }
    const row = rowOf(value, books);
    const held = "columns" in row ? books.booksIn(row.columns) : undefined;
    if (held === undefined) yield row;
    else for (const columns of held) yield { columns: books.whole(columns), line: JSON.stringify(columns) };
  }
}

/** The rows of an Open Library dump: type, key, revision, time and JSON, with tabs between. What is no book is refused. */
export async function* dumpLines(source: Bytes, map?: FieldMap): AsyncGenerator<ImportRow> {
  const books = jsonBooks(map);
  for await (const { text, line } of textLines(source)) yield dumpRow(text.trim(), line, books);
}

/** Lines that are not empty, with their numbers. */
async function* textLines(source: Bytes): AsyncGenerator<{ text: string; line: number }> {
  let line = 0;
  for await (const bytes of splitAt(source, 0x0a, MOST_ROW_BYTES)) {
    line++;
    const text = UTF_8.decode(bytes);
    if (text.trim() !== "") yield { text, line };
  }
}

const LONG_NUMBER = /\d{16}/;
/** A whole number that JavaScript would round, as an id may be, stays as it is written. */
const asWritten = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === "number" && /^\d+$/.test(context?.source ?? "") && !Number.isSafeInteger(value)
    ? context!.source
    : value;

/** A row of the text of an object. One that an import has refused before may be wrapped with its reason. */
function rowOf(placed: PlacedText, books: JsonBooks): ImportRow {
  const { text, line: lineNumber } = placed;
  if (isDeeper(text, MOST_LEVELS)) {
    return { fault: `is nested deeper than ${MOST_LEVELS} levels`, line: text, lineNumber };
  }
  let value: unknown;
  try {
    value = LONG_NUMBER.test(text) ? JSON.parse(text, asWritten) : JSON.parse(text);
  } catch {
    return { fault: `is not JSON: ${faultIn(placed)}`, line: text, lineNumber };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { fault: "is not a JSON object", line: text, lineNumber };
  }
  const columns = value as Record<string, unknown>;
  if (isColumnar(columns)) {
    return { fault: "holds a list for each column: wanted an object for each book", line: text, lineNumber };
  }
  const wrapped = columns.import_line;
  if (typeof wrapped !== "string") return { columns: books.whole(columns), line: text, lineNumber };
  return wrapped.startsWith("/type/")
    ? dumpRow(wrapped, lineNumber, books)
    : rowOf({ ...placed, text: wrapped, column: 1 }, books);
}

/** A table by its columns, as data frames are written: lists of one length, or objects with the numbers of the rows. */
function isColumnar(columns: Record<string, unknown>): boolean {
  const keysOf = (value: unknown) => typeof value === "object" && value !== null ? Object.keys(value).join() : "";
  const [first, ...others] = Object.values(columns);
  const keys = keysOf(first);
  return /^0,1\b/.test(keys) && others.length > 0 && others.every((value) => keysOf(value) === keys);
}

/** What is wrong with a text that is no JSON, and where. Its line is said where it is not the row's own. */
function faultIn({ text, ...start }: PlacedText): string {
  const fault = jsonFault(text);
  if (fault === undefined) return "it cannot be read";
  const { line, column } = placeOf(text, fault.at, start);
  const where = line === start.line ? `column ${column}` : `line ${line} column ${column}`;
  return `wanted ${fault.wanted} at ${where}, found ${fault.found}`;
}

function dumpRow(line: string, lineNumber: number, books: JsonBooks): ImportRow {
  const [type = "", ...parts] = line.split("\t");
  if (type !== "/type/edition" && type !== "/type/work") return { fault: `${type} is no book`, line, lineNumber };
  const text = parts.slice(3).join("\t");
  return { ...rowOf({ text, line: lineNumber, column: 1 + line.length - text.length }, books), line };
}
