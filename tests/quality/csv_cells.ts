import { parse } from "csv-parse/sync";

type Cell = (column: string) => string;

/**
 * The rows of a CSV file, each as a function from a column to its cell, trimmed; empty where the file has no such column. `map` has other
 * names of columns, as `reader=user_id,book=book_id`. Names are compared without regard to case.
 */
export function readCells(text: string, map: string): Cell[] {
  const names = new Map(map.split(",").filter(Boolean).map((pair) => pair.split("=") as [string, string]));
  const rows: Record<string, string>[] = parse(text, {
    columns: (found: string[]) => found.map(keyOf),
    bom: true,
    skip_empty_lines: true,
    trim: true,
    relax_column_count: true,
  });
  return rows.map((row) => (column) => row[keyOf(names.get(column) ?? column)] ?? "");
}

const keyOf = (name: string): string => name.trim().toLowerCase();
