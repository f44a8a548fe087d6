/**
 * A row of a file: its values by the names of their columns, or why it cannot be read. `line`: its text in the file (of MARC 21 its bytes, as Latin-1); `lineNumber`: the
 * line that it begins in, where the format has lines. `surplus`: how many cells have no column. `joined`: cells that a delimiter had split.
 * `repeats`: a list is a column that stands several times.
 */
export type ImportRow =
  & { line: string; lineNumber?: number }
  & (
    | { columns: Record<string, unknown>; surplus?: number; joined?: string[]; repeats?: boolean }
    | { fault: string }
  );

/** A row by its number, and by its line where that is known, as people look it up in an editor. */
export const rowName = (row: number, { lineNumber }: ImportRow): string =>
  lineNumber === undefined ? `row ${row}` : `row ${row} (line ${lineNumber})`;
