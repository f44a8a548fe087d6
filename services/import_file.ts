import { fileBytes } from "@/adapters/files/bytes.ts";
import { createReports } from "@/adapters/files/reports.ts";
import { openRows, type RowFormat } from "@/adapters/files/rows.ts";
import { countOf, numberText } from "@/application/shared/text/count_of.ts";
import { columnKey } from "@/application/catalog/importing/columns/column_names.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import type { FileOptions } from "@/application/catalog/importing/jobs/import_job.ts";
import type { ImportDeps, ImportOptions } from "@/application/catalog/importing/import_options.ts";
import type { ImportReport } from "@/application/catalog/importing/import_report.ts";
import { type ImportRow, rowName } from "@/application/catalog/importing/columns/import_source.ts";
import { messageOf } from "@/application/faults.ts";

type ImportFile = FileOptions & {
  path: string;
  dryRun?: boolean | undefined;
  replace?: ImportOptions["replace"];
  /** The name of `map` in errors, by default that of the command's option. */
  mapName?: string;
  /** The file's name in errors. */
  title?: string;
  /** Paths of new files for rejected rows and for warnings. */
  rejects?: string;
  warnings?: string;
  /** Ends the import between two rows or two batches of removals. */
  signal?: AbortSignal;
  onFormat?: (format: RowFormat) => void;
  onReject?: (row: string, reason: string, first: boolean) => void;
  onWarning?: (row: string, warning: string, first: boolean) => void;
  onProgress?: (report: ImportReport, bytesRead: number) => void;
};

/** Imports a file for the command and for HTTP. Throws when nothing of it can be used, and says what would help. */
export async function importFile(
  deps: ImportDeps,
  file: ImportFile,
): Promise<{ report: ImportReport; format: RowFormat }> {
  const { title, map, signal } = file;
  for (const option of ["delimiter", "separator", "encoding"] as const) {
    if (file[option] === "") throw new Error(`--${option}: wanted a value, found none`);
  }
  let read = 0;
  const { format, rows } = await open(file, (bytes) => read += bytes).catch((error) => {
    throw inFile(title, error);
  });
  file.onFormat?.(format);
  const reports = createReports(file, format);
  try {
    const report = await importBooks(deps, signal === undefined ? rows : until(signal, rows), {
      map,
      separator: file.separator,
      id: file.id,
      dryRun: file.dryRun,
      replace: file.replace,
      signal,
      onReject(row, raw, reason, first) {
        reports.refuse(row, raw, reason);
        file.onReject?.(rowName(row, raw), reason, first);
      },
      onWarning(row, raw, warning, first) {
        reports.note(row, raw, warning);
        file.onWarning?.(rowName(row, raw), warning, first);
      },
      onProgress: (report) => file.onProgress?.(report, read),
    });
    return { report, format };
  } finally {
    reports.close();
  }
}

/** Opens the rows. Their errors name the file. */
async function open(file: ImportFile, onBytes: (bytes: number) => void) {
  const { path, name = path, title, encoding, delimiter, map } = file;
  const { format, rows } = await openRows(fileBytes(path, onBytes), {
    name,
    encoding,
    delimiter: delimiter === "tab" ? "\t" : delimiter,
    map,
  });
  checkMap(file, format);
  return { format, rows: namedRows(rows, title) };
}

async function* namedRows(rows: AsyncIterable<ImportRow>, title: string | undefined): AsyncGenerator<ImportRow> {
  let count = 0;
  try {
    for await (const row of rows) {
      count++;
      yield row;
    }
  } catch (error) {
    throw inFile(title, error, count === 0 ? "" : `, behind row ${numberText(count)}`);
  }
}

const inFile = (title: string | undefined, error: unknown, where = ""): unknown =>
  title === undefined ? error : new Error(`${title}: ${messageOf(error)}${where}`, { cause: error });

async function* until(signal: AbortSignal, rows: AsyncIterable<ImportRow>): AsyncGenerator<ImportRow> {
  for await (const row of rows) {
    signal.throwIfAborted();
    yield row;
  }
}

/** Returns why nothing of a file could be used and what would help, or undefined when something was used. */
export function whyUseless(
  { rows, added, changed, unchanged, suggestion, columns = [], reasons }: ImportReport,
  { header }: RowFormat,
  asOption: (map: string) => string,
): string | undefined {
  if (added + changed + unchanged > 0) return undefined;
  if (rows === 0) {
    return header === undefined ? "the file has no rows" : `no rows below the header ${header.join(", ")}`;
  }
  const names = header ?? columns;
  const found = names.length === 0 ? "" : `; columns found: ${names.slice(0, MOST_NAMES).join(", ")}`;
  const isWhole = header?.length === 1 && /[,;|\t:]/.test(header[0]!);
  const help = isWhole
    ? "; a column has delimiters in its name: leave --delimiter out, or name another"
    : header?.some(isValue)
    ? "; the first line looks like a book: put one with the names of the columns before it, such as id,title,author,year"
    : suggestion === undefined
    ? ""
    : `; try ${asOption(suggestion)}`;
  return `none of ${countOf(rows, "row")} could be used: ${Object.keys(reasons).join("; ")}${found}${help}`;
}

const MOST_NAMES = 40;
/** A number is no name of a column. */
const isValue = (name: string): boolean => /^\d[\dX.-]*$/.test(name);

/** Throws when `map` names a column that the file does not have, which is a typing error. */
function checkMap({ map, mapName = "--map" }: ImportFile, { header }: RowFormat): void {
  if (header === undefined) return;
  const keys = new Set(header.map(columnKey));
  const missing = Object.values(map ?? {}).filter((column) => !keys.has(columnKey(column)));
  if (missing.length > 0) {
    throw new Error(`${mapName}: the file has no column ${missing.join(", ")}; it has ${header.join(", ")}`);
  }
}
