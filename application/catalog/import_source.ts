/**
 * A row of a file: its values by the names of their columns, or why it cannot be read. `line`: as it stands in the file; `at`: its line
 * or its place there. `surplus`: cells that have no column.
 */
export type ImportRow =
  & { line: string; at: number }
  & (
    | { columns: Record<string, unknown>; surplus?: number }
    | { fault: string }
  );
