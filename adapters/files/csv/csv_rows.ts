import { type Info, parse } from "csv-parse/sync";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import { type Bytes, joined } from "@/adapters/files/bytes.ts";
import type { CsvDialect } from "./csv_dialect.ts";
import { csvRow } from "./csv_row.ts";
import { requoted, unescaped } from "./csv_quotes.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** The longest quoted cell. A quote that is not closed within it is a stray one. */
const MOST_BYTES = 1024 * 1024;
const MOST_LINE_BYTES = 64 * MOST_BYTES;

type Found = { cells: string[]; end: number };
type Block = { found: Found[]; open: boolean };

/**
 * The rows of a CSV file in UTF-8, by the names of its header; columns of one name are a list. A quote that is never closed costs its
 * own row only. csv-parse reads the cells, block by block.
 */
export async function* csvRows(
  source: Bytes,
  dialect: CsvDialect,
): AsyncGenerator<ImportRow> {
  const { header, start, before, carriage, quote } = dialect;
  let left: Uint8Array = new Uint8Array();
  let line = before + 1;
  let first = true;
  const whole = behind(start, carriage ? withLineFeeds(source) : source);
  const plain = unescaped(quote === "'" ? requoted(whole, dialect) : whole);
  for await (const { chunk: fresh, last } of withLast(plain)) {
    left = left.length === 0 ? fresh : joined([left, fresh]);
    if (!last && isOneLine(left, fresh)) continue;
    for (let again = left.length > 0; again;) {
      const { found, open } = read(left, dialect, last);
      let from = 0;
      for (const { cells, end } of found) {
        const raw = left.subarray(from, end);
        from = end;
        const lineNumber = line + leadingLines(raw, 0);
        if (first) first = false;
        else if (isHeader(cells, header)) yield { fault: "is the header once more", line: textOf(raw), lineNumber };
        else if (isRule(cells)) {
          yield { fault: "is a line of dashes", line: textOf(raw), lineNumber };
        } else if (cells.length > header.length && MIXED.test(textOf(raw))) {
          yield {
            fault: "holds a carriage return alone, which ends no line in this file",
            line: textOf(raw),
            lineNumber,
          };
        } else if (cells.some((cell) => cell !== "")) {
          yield csvRow(dialect, cells, { lineNumber, line: () => textOf(raw) });
        }
        line += count(raw, NEWLINE);
      }
      left = left.subarray(from);
      again = open && left.length > 0 && (last || left.length > MOST_BYTES);
      if (!again) continue;
      const end = left.indexOf(NEWLINE);
      const raw = left.subarray(0, end === -1 ? left.length : end + 1);
      const within = left.length > MOST_BYTES ? ` within ${MOST_BYTES} bytes` : "";
      yield { fault: `a quote is not closed${within}`, line: textOf(raw), lineNumber: line };
      line++;
      left = left.subarray(raw.length);
      again = left.length > 0;
    }
  }
}

/** The records of a block, with where each ends. `open`: the one after them has a quote that is not closed in the block, or strays. */
function read(
  block: Uint8Array,
  { delimiter, spaced, width, header }: CsvDialect,
  last: boolean,
): Block {
  const found: Found[] = [];
  let open = false;
  let from = 0;
  try {
    parse(Buffer.from(block.buffer, block.byteOffset, block.length), {
      delimiter,
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      ltrim: spaced,
      on_record: (cells: string[], { bytes }: Info) => {
        // A stray quote joins lines until another one, and makes a row of the wrong width of them.
        const raw = block.subarray(from, bytes - 1);
        if (
          ((cells.length !== width && cells.length !== header.length) || hasOpen(cells, raw)) &&
          count(raw, NEWLINE) > leadingLines(block, from)
        ) {
          open = true;
          throw new Stop();
        }
        found.push({ cells, end: bytes });
        from = bytes;
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof Stop) && !String((error as { code?: unknown }).code).startsWith("CSV_")) throw error;
    open = true;
  }
  // The last record may go on in the next block.
  if (!last && !open) found.pop();
  return { found, open: open && (last || from < block.length) };
}

class Stop extends Error {}
/** What stands below a header in tables of Markdown and of databases. */
const isRule = (cells: string[]): boolean =>
  cells.every((cell) => /^[\s:+-]*$/.test(cell)) && cells.some((cell) => cell.includes("--"));
const MIXED = /\r(?!\n|$)/;

/** Files that were put together have their header several times, also in other case. */
const isHeader = (cells: string[], header: string[]): boolean =>
  cells.length === header.length && header.length > 1 &&
  cells.every((cell, at) => cell.length < MOST_NAME && cell.trim().toLowerCase() === header[at]!.toLowerCase());
const MOST_NAME = 200;

/** Whether a block is the beginning of one very long line, of which `fresh` is the last part. Nothing can be said of it yet. */
function isOneLine(block: Uint8Array, fresh: Uint8Array): boolean {
  if (block.length > MOST_LINE_BYTES) throw new Error(`a line of more than ${MOST_LINE_BYTES} bytes cannot be read`);
  return block.length > MOST_BYTES && fresh.indexOf(NEWLINE) === -1 && block.indexOf(NEWLINE) === -1;
}

/** What comes after the first bytes. */
async function* behind(bytes: number, source: Bytes): AsyncGenerator<Uint8Array> {
  let skip = bytes;
  for await (const chunk of source) {
    yield chunk.subarray(Math.min(skip, chunk.length));
    skip -= Math.min(skip, chunk.length);
  }
}

/** Lines of an old Mac, which end at a carriage return alone. */
async function* withLineFeeds(source: Bytes): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) yield chunk.map((byte) => byte === RETURN ? NEWLINE : byte);
}

/**
 * Whether a cell of several lines begins with a quote that was not read as one, as it is not closed before the next delimiter. Cells that
 * were read stand in the row as they would be written, each behind the one before, so that the row is searched once.
 */
function hasOpen(cells: string[], raw: Uint8Array): boolean {
  const row = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  let from = 0;
  for (const cell of cells) {
    if (cell[0] !== '"' || !cell.includes("\n")) continue;
    const written = `"${cell.replaceAll('"', '""')}"`;
    const at = row.indexOf(written, from);
    if (at === -1) return true;
    from = at + Buffer.byteLength(written);
  }
  return false;
}

/** Empty lines before a record belong to it. */
function leadingLines(block: Uint8Array, from: number): number {
  let lines = 0;
  for (let at = from; block[at] === NEWLINE || block[at] === RETURN; at++) if (block[at] === NEWLINE) lines++;
  return lines;
}

const UTF_8 = new TextDecoder();
const textOf = (bytes: Uint8Array): string => UTF_8.decode(bytes).replace(/^[\r\n]+|[\r\n]+$/g, "");

function count(bytes: Uint8Array, byte: number): number {
  let times = 0;
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) times++;
  return times;
}

async function* withLast(source: Bytes): AsyncGenerator<{ chunk: Uint8Array; last: boolean }> {
  let held: Uint8Array | undefined;
  for await (const chunk of source) {
    if (held !== undefined) yield { chunk: held, last: false };
    held = chunk;
  }
  if (held !== undefined) yield { chunk: held, last: true };
}
