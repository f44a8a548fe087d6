import { readCells } from "@/tests/quality/csv_cells.ts";

/** What a reader did with a book at a time; `rating` where the file has one. In the order of time. */
export type TimedAct = { time: number; book: string; reader: string; rating?: number };

/**
 * Reads CSV with the columns `time,book,reader`, and `weight` (stars) if there is one. `map`: other names of columns, as
 * `time=start_date,book=book_id`. Lines without a time, a book or a reader are left out.
 */
export function readTimedActs(text: string, map: string): TimedAct[] {
  const acts = readCells(text, map).flatMap((cell): TimedAct[] => {
    const [time, book, reader, weight] = [timeOf(cell("time")), cell("book"), cell("reader"), cell("weight")];
    if (Number.isNaN(time) || book === "" || reader === "") return [];
    return [{ time, book, reader, ...(weight === "" ? {} : { rating: Number(weight) }) }];
  });
  if (acts.length === 0) throw new Error("no line has time, book and reader; --map names other columns");
  return acts.sort((a, b) => a.time - b.time);
}

/** A number is seconds since 1970, or milliseconds where it is too large for that; anything else is a date. */
function timeOf(cell: string): number {
  if (!/^\d+(\.\d+)?$/.test(cell)) return Date.parse(cell);
  return Number(cell) < 1e11 ? Number(cell) * 1000 : Number(cell);
}
