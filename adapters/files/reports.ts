import { closeSync, openSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import { originalBytes } from "./encoding.ts";
import type { RowFormat } from "./rows.ts";
import { writeWhole } from "./write_whole.ts";
import { fileFault } from "@/application/shared/text/file_fault.ts";

/**
 * Files about an import. `rejects` gets the refused rows as they stand in the file, in a form that can be imported, with the reasons:
 * CSV with two columns more, JSON Lines, MARCXML with comments. MARC 21 has no place for reasons: they stand among the warnings.
 * Throws when a file exists: none is ever overwritten.
 */
export function createReports(
  { rejects, warnings }: { rejects?: string; warnings?: string },
  format: RowFormat,
) {
  const refused = rejects === undefined ? undefined : createFile(rejects);
  const warned = warnings === undefined ? undefined : createFile(warnings);
  const form = formOf(format);
  refused?.write(form.begin ?? "");
  warned?.write(stringify([["row", "line", "warning"]]));
  const note = (number: number, { lineNumber }: ImportRow, warning: string): void =>
    warned?.write(stringify([[number, lineNumber ?? "", warning]]));
  return {
    refuse(number: number, raw: ImportRow, reason: string): void {
      refused?.write(form.row(number, raw.line, reason));
      if (format.kind === "MARC 21") note(number, raw, `refused: ${reason}`);
    },
    note,
    close(): void {
      refused?.write(form.end?.() ?? "");
      refused?.close();
      warned?.close();
    },
  };
}

/** How refused rows are written. */
type Form = {
  begin?: string;
  row(number: number, line: string, reason: string): string | Uint8Array;
  end?(): string;
};

function formOf({ kind, header = [], delimiter = "," }: RowFormat): Form {
  const csv = (cells: unknown[]) => stringify([cells], { delimiter });
  switch (kind) {
    case "CSV":
      return {
        begin: csv(["import_row", "import_reason", ...header]),
        row: (number, line, reason) => `${csv([number, reason]).trimEnd()}${delimiter}${line}\n`,
      };
    case "MARC 21":
      return { row: (_number, line) => Buffer.from(line, "latin1") };
    case "MARCXML":
      return marcXmlForm();
    default:
      return { row: (number, line, reason) => `${jsonLine(number, line, reason)}\n` };
  }
}

/** Records in a collection, which declares the prefix that they have. */
function marcXmlForm(): Form {
  let name: string | undefined;
  return {
    row(number, line, reason) {
      const prefix = /^<([\w.-]+):/.exec(line)?.[1];
      const comment = `<!-- row ${number}: ${reason.replace(/--+/g, "–")} -->`;
      if (name !== undefined) return `${comment}\n${line}\n`;
      name = prefix === undefined ? "collection" : `${prefix}:collection`;
      const space = `xmlns${prefix === undefined ? "" : `:${prefix}`}="http://www.loc.gov/MARC21/slim"`;
      return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} ${space}>\n${comment}\n${line}\n`;
    },
    end: () => name === undefined ? "" : `</${name}>\n`,
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
    write(content: string | Uint8Array): void {
      const part = typeof content === "string" ? originalBytes(content) : content;
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
