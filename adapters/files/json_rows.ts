import { columnKey, COLUMNS, isKnownColumn } from "@/application/catalog/importing/column_names.ts";
import type { ImportRow } from "@/application/catalog/importing/import_source.ts";
import { type Bytes, joined, splitAt } from "./bytes.ts";

/** A row or a value of a file is at most so long. */
const MOST_ROW_BYTES = 64 * 1024 * 1024;
const UTF_8 = new TextDecoder();

/** The rows of JSON Lines in UTF-8, split at the byte of a line break only: other line separators are legal inside strings. */
export async function* jsonLines(source: Bytes): AsyncGenerator<ImportRow> {
  let lineNumber = 0;
  for await (const bytes of splitAt(source, 0x0a, MOST_ROW_BYTES)) {
    lineNumber++;
    const line = UTF_8.decode(bytes).trim();
    if (line === "") continue;
    // A value of an array that stands a line each.
    const text = line.replace(/,$/, "");
    if (text !== "[" && text !== "]") yield rowOf(text, lineNumber);
  }
}

const LONG_NUMBER = /\d{16}/;
/** A whole number that JavaScript would round, as an id may be, stays as it is written. */
const asWritten = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === "number" && /^\d+$/.test(context?.source ?? "") && !Number.isSafeInteger(value)
    ? context!.source
    : value;

/** A row of the text of an object. One that an import has refused before may be wrapped with its reason. */
function rowOf(line: string, lineNumber: number): ImportRow {
  let value: unknown;
  try {
    value = LONG_NUMBER.test(line) ? JSON.parse(line, asWritten) : JSON.parse(line);
  } catch {
    return { fault: "is not JSON", line, lineNumber };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { fault: "is not a JSON object", line, lineNumber };
  }
  const columns = value as Record<string, unknown>;
  const wrapped = columns.import_line;
  if (typeof wrapped !== "string") return { columns: whole(columns), line, lineNumber };
  return wrapped.startsWith("/type/") ? dumpRow(wrapped, lineNumber) : rowOf(wrapped, lineNumber);
}

/** The rows of a JSON array of objects, of objects one after another, or of an object that holds them in a list or by their ids. */
export async function* jsonValues(source: Bytes): AsyncGenerator<ImportRow> {
  for await (const { text, lineNumber } of values(source)) {
    const row = rowOf(text, lineNumber);
    const held = "columns" in row ? booksIn(row.columns) : undefined;
    if (held === undefined) yield row;
    else for (const columns of held) yield { columns: whole(columns), line: JSON.stringify(columns) };
  }
}

/** The books that an answer or an export holds, when it is no book itself, at any depth. */
function booksIn(columns: Columns): Columns[] | undefined {
  if (hasTitle(columns)) return undefined;
  const values = Object.values(columns);
  const lists = Object.entries(columns).filter((field): field is [string, Columns[]] =>
    Array.isArray(field[1]) && field[1].length > 0 && field[1].every(isObject)
  );
  const titled = lists.filter(([, list]) => list.some(isTitled));
  // The authors of a book are no books.
  const chosen = titled.length === 1 ? titled : lists.filter(([name]) => !isKnownColumn(name));
  if (chosen.length === 1) return chosen[0]![1];
  const inner = values.filter(isObject);
  const deeper = inner.some(isTitled) ? [] : inner.map(booksIn).filter((books) => books?.some(isTitled));
  if (deeper.length === 1) return deeper[0];
  if (values.length === 0 || inner.length < values.length) return undefined;
  return values.length === 1 ? booksIn(inner[0]!) ?? inner : inner;
}

type Columns = Record<string, unknown>;
/** People and lists have names, too, so that a name alone makes no book. */
const TITLES = new Set(COLUMNS.title.filter((key) => key !== "name" && key !== "originaltitle"));
const hasTitle = (columns: Columns): boolean =>
  "title" in columns || Object.keys(columns).some((name) => TITLES.has(columnKey(name)));

/**
 * A book that stands in a field of its own, beside its id, as search engines and APIs have it, with what is beside it. What has a name is
 * a book itself, and its series or another field that is read is none.
 */
function whole(columns: Columns): Columns {
  if (hasTitle(columns) || typeof columns.name === "string") return columns;
  const held = Object.entries(columns).filter((field): field is [string, Columns] =>
    isObject(field[1]) && hasTitle(field[1]) && !isKnownColumn(field[0])
  );
  if (held.length !== 1) return columns;
  const [name, book] = held[0]!;
  const { [name]: _held, ...beside } = columns;
  return { ...beside, ...book };
}

const isTitled = (columns: Columns): boolean => hasTitle(columns) || hasTitle(whole(columns));

const isObject = (value: unknown): value is Columns =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The texts of the values of a top-level array, or of values one after another. */
async function* values(source: Bytes): AsyncGenerator<{ text: string; lineNumber: number }> {
  const scanner = createScanner();
  let open: { parts: Uint8Array[]; bytes: number; lineNumber: number } | undefined;
  for await (const chunk of source) {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const { inside, line: lineNumber } = scanner.step(chunk[at]!);
      if (inside && open === undefined) [open, from] = [{ parts: [], bytes: 0, lineNumber }, at];
      if (inside || open === undefined) continue;
      open.parts.push(chunk.subarray(from, at));
      yield { text: UTF_8.decode(joined(open.parts)), lineNumber: open.lineNumber };
      open = undefined;
    }
    if (open === undefined) continue;
    open.parts.push(chunk.subarray(from));
    open.bytes += chunk.length - from;
    if (open.bytes > MOST_ROW_BYTES) throw new Error(`a value of more than ${MOST_ROW_BYTES} bytes cannot be read`);
  }
  if (open !== undefined) yield { text: UTF_8.decode(joined(open.parts)).trim(), lineNumber: open.lineNumber };
}

/** Tells byte by byte what belongs to a value, and what to the array around the values and to the space between them. */
function createScanner() {
  let [depth, line, least] = [0, 1, 0];
  let [quoted, escaped, begun, closing] = [false, false, false, false];
  const inString = (byte: number) => {
    if (escaped) escaped = false;
    else if (byte === 0x5c) escaped = true;
    else if (byte === 0x22) quoted = false;
    return { inside: true, line };
  };
  return {
    step(byte: number): { inside: boolean; line: number } {
      if (byte === 0x0a) line++;
      if (quoted) return inString(byte);
      // The byte after the bracket that ends a value is outside of it.
      const ended = closing;
      closing = false;
      if (byte === 0x22) quoted = true;
      if (byte === 0x5b && !begun) {
        [begun, least, depth] = [true, 1, 1];
        return { inside: false, line };
      }
      if (byte > 0x20) begun = true;
      if (byte === 0x7b || byte === 0x5b) {
        depth++;
        return { inside: !ended, line };
      }
      if (byte === 0x7d || byte === 0x5d) {
        depth--;
        closing = depth === least;
        return { inside: depth >= least, line };
      }
      return { inside: depth > least || (!ended && byte > 0x20 && byte !== 0x2c), line };
    },
  };
}

/** The rows of an Open Library dump: type, key, revision, time and JSON, with tabs between. What is no book is refused. */
export async function* dumpLines(source: Bytes): AsyncGenerator<ImportRow> {
  let lineNumber = 0;
  for await (const bytes of splitAt(source, 0x0a, MOST_ROW_BYTES)) {
    lineNumber++;
    const line = UTF_8.decode(bytes).trim();
    if (line === "") continue;
    yield dumpRow(line, lineNumber);
  }
}

function dumpRow(line: string, lineNumber: number): ImportRow {
  const [type, , , , ...rest] = line.split("\t");
  if (type !== "/type/edition" && type !== "/type/work") return { fault: `${type} is no book`, line, lineNumber };
  return { ...rowOf(rest.join("\t"), lineNumber), line };
}
