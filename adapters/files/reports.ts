import { closeSync, openSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import type { ImportRow } from "@/application/catalog/importing/import_source.ts";
import { originalBytes } from "./encoding.ts";
import type { RowFormat } from "./rows.ts";
import { writeWhole } from "./write_whole.ts";
import { fileFault } from "@/application/shared/text/file_fault.ts";

/**
 * Files about an import. `rejects` gets the refused rows as they stand in the file, each with its number and the reason, in a form that can be
 * imported: CSV with two columns more, else JSON Lines. Throws when a file exists: none is ever overwritten.
 */
export function createReports(
  { rejects, warnings }: { rejects?: string; warnings?: string },
  { kind, header = [], delimiter = "," }: RowFormat,
) {
  const refused = rejects === undefined ? undefined : createFile(rejects);
  const warned = warnings === undefined ? undefined : createFile(warnings);
  const row = (cells: unknown[]) => stringify([cells], { delimiter });
  if (kind === "CSV") refused?.write(row(["import_row", "import_reason", ...header]));
  warned?.write(stringify([["row", "line", "warning"]]));
  return {
    refuse: (number: number, raw: ImportRow, reason: string): void =>
      refused?.write(
        kind === "CSV"
          ? `${row([number, reason]).trimEnd()}${delimiter}${raw.line}\n`
          : `${jsonLine(number, raw.line, reason)}\n`,
      ),
    note: (number: number, { lineNumber }: ImportRow, warning: string): void =>
      warned?.write(stringify([[number, lineNumber ?? "", warning]])),
    close(): void {
      refused?.close();
      warned?.close();
    },
  };
}

/** The object with two fields before its own; what is no object stands in a field. */
function jsonLine(import_row: number, line: string, import_reason: string): string {
  const own = /^\{\s*(.*)\}$/s.exec(line.trim())?.[1];
  if (own === undefined || own.startsWith('"import_row"')) {
    return JSON.stringify({ import_row, import_reason, import_line: line });
  }
  const ours = JSON.stringify({ import_row, import_reason }).slice(0, -1);
  return own === "" ? `${ours}}` : `${ours},${own.replaceAll("\n", " ")}}`;
}

function createFile(path: string) {
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    const reason = (error as { code?: unknown }).code === "EEXIST"
      ? "it exists, and is not overwritten; remove it or name another"
      : fileFault(error, "write");
    throw new Error(`cannot write ${path}: ${reason}`, { cause: error });
  }
  let open: Uint8Array[] = [];
  let bytes = 0;
  const flush = () => {
    for (const part of open) writeWhole({ file, path }, part);
    [open, bytes] = [[], 0];
  };
  return {
    write(text: string): void {
      const part = originalBytes(text);
      open.push(part);
      bytes += part.length;
      if (bytes > 64 * 1024) flush();
    },
    close(): void {
      try {
        flush();
      } finally {
        closeSync(file);
      }
    },
  };
}
