import type { FieldMap } from "@/application/catalog/importing/columns/column_names.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import { defined } from "@/application/defined.ts";
import { type Bytes, fileBytes, peek, unzipped } from "./bytes.ts";
import { csvDialect } from "@/adapters/files/csv/csv_dialect.ts";
import { csvRows } from "@/adapters/files/csv/csv_rows.ts";
import { badBytes, type Encoding, encodingText, utf8Of } from "./encoding.ts";
import { dumpLines, jsonLines, jsonValues } from "@/adapters/files/json/json_rows.ts";
import { isMarc21, marc21Rows } from "@/adapters/files/marc/marc21.ts";
import { refuseKnown, refuseSigns, refuseText } from "./no_rows.ts";
import { marcXmlRows } from "@/adapters/files/marc/marc_xml.ts";

/** How a file is to be read where it does not say so itself. `map`: columns that the user named. */
export type RowOptions = {
  name?: string | undefined;
  encoding?: string | undefined;
  delimiter?: string | undefined;
  map?: FieldMap | undefined;
};
/** What a file turned out to be. `header`: of CSV, as it stands in the file. */
export type RowFormat = {
  kind: "CSV" | "JSON Lines" | "JSON" | "Open Library dump" | "MARC 21" | "MARCXML";
  gzipped: boolean;
  encoding?: Encoding;
  delimiter?: string;
  linesBefore?: number;
  header?: string[];
};
type OpenRows = { format: RowFormat; rows: AsyncIterable<ImportRow> };

const HEAD_BYTES = 64 * 1024;

/** The rows of a file, read as a stream. Throws when the file cannot be read. */
export async function* rowsOf(path: string, onBytes?: (bytes: number) => void): AsyncGenerator<ImportRow> {
  yield* (await openRows(fileBytes(path, onBytes), { name: path })).rows;
}

/** Finds out by its content what a file is: packed or not, its format and its encoding. Rejects with what it is when it has no rows. */
export async function openRows(source: Bytes, options: RowOptions = {}): Promise<OpenRows> {
  const { bytes, gzipped } = await unzipped(source);
  const raw = await peek(bytes, HEAD_BYTES);
  if (raw.head.length === 0) throw new Error("the file is empty");
  refuseKnown(raw.head);
  if (isMarc21(raw.head)) return { format: { kind: "MARC 21", gzipped }, rows: marc21Rows(raw.bytes) };
  const { bytes: text, encoding } = await utf8Of(raw.bytes, options.encoding);
  const { head, bytes: whole } = await peek(text, HEAD_BYTES);
  const start = new TextDecoder().decode(head);
  if (start.trim() === "" && head.length < HEAD_BYTES) throw new Error("the file is empty");
  const kind = kindOf(start, options.name ?? "");
  const format = { kind, gzipped, encoding };
  if (kind === "CSV") {
    refuseSigns(start, options.delimiter);
    const dialect = csvDialect(start, { delimiter: options.delimiter, columns: Object.values(options.map ?? {}) });
    const { delimiter, header, before } = dialect;
    return {
      format: { ...format, delimiter, linesBefore: before, header },
      rows: refuseBadBytes(csvRows(whole, dialect), encoding),
    };
  }
  return { format, rows: refuseBadBytes(READERS[kind](whole, options.map), encoding) };
}

/** Rows with bytes of no known encoding are refused, as their text is unknown. */
async function* refuseBadBytes(rows: AsyncIterable<ImportRow>, encoding: Encoding): AsyncGenerator<ImportRow> {
  for await (const row of rows) {
    const bad = encoding.unfit ? badBytes(row.line) : undefined;
    if (bad === undefined) yield row;
    else {yield {
        fault: `has bytes that are not ${encodingText(encoding)}: ${bad}`,
        line: row.line,
        ...defined({ lineNumber: row.lineNumber }),
      };}
  }
}

const READERS = {
  "JSON Lines": jsonLines,
  "JSON": jsonValues,
  "Open Library dump": dumpLines,
  "MARCXML": marcXmlRows,
};

function kindOf(start: string, name: string): keyof typeof READERS | "CSV" {
  const text = start.trimStart();
  if (/^\/type\/\w+\t\//.test(text)) return "Open Library dump";
  refuseText(text);
  if (text.startsWith("<")) return "MARCXML";
  const isNamed = /\.(jsonl|ndjson)(\.gz)?$/i.test(name);
  if (!isNamed && !/^[[{]/.test(text)) return "CSV";
  if (text.startsWith("[")) return "JSON";
  // Of JSON Lines every line is an object; of JSON the first line is the beginning of one, or holds all books.
  const first = firstLine(text);
  if (isObject(first)) {
    return isNamed || text.trimEnd().includes("\n") || "title" in JSON.parse(first) ? "JSON Lines" : "JSON";
  }
  return isNamed && !text.startsWith("{") ? "JSON Lines" : "JSON";
}

const firstLine = (text: string): string => text.split("\n", 1)[0]!.trim();

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
