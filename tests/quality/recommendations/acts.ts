import { readCells } from "@/tests/quality/csv_cells.ts";

/** What readers did, in the order of the file: `time` in ms, 0 where the file has none; `weight` where it has one. */
export type Act = { reader: string; book: string; weight?: number; time: number };

/**
 * Reads lines `reader book book …`, or CSV with the columns `reader,book` and, where there are, `weight` and `time`. `map`: other names
 * of columns, as `reader=user_id,book=book_id`.
 */
export function readActs(text: string, map = ""): Act[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines[0]?.includes(",") !== true) {
    return lines.flatMap((line) => {
      const [reader, ...books] = line.trim().split(/\s+/);
      return books.map((book) => ({ reader: reader!, book, time: 0 }));
    });
  }
  const rows = readCells(text, map);
  const first = rows[0];
  if (first === undefined || first("reader") === "" || first("book") === "") {
    throw new Error("the first line must name the columns reader and book; --map names others");
  }
  return rows.map((cell) => {
    const act = { reader: cell("reader"), book: cell("book"), time: timeOf(cell("time")) };
    const weight = cell("weight");
    return weight === "" ? act : { ...act, weight: Number(weight) };
  });
}

/** A number is seconds since 1970; anything else is a date. */
function timeOf(cell: string): number {
  if (cell === "") return 0;
  const time = /^\d+(\.\d+)?$/.test(cell) ? Number(cell) * 1000 : Date.parse(cell);
  if (Number.isNaN(time)) throw new Error(`not a time: ${cell}`);
  return time;
}

/** The books of each reader, in the order of the file. */
export function booksByReader(acts: Act[]): Map<string, Set<string>> {
  const books = new Map<string, Set<string>>();
  for (const { reader, book } of acts) books.set(reader, (books.get(reader) ?? new Set()).add(book));
  return books;
}
