import { isKnownColumn } from "@/application/catalog/importing/columns/column_names.ts";

/**
 * How a CSV file is written. `start`: where the header begins, in bytes. `spaced`: blanks stand before opening quotes. `carriage`: lines end
 * at a carriage return, as those of an old Mac. `width`: the cells of most rows, which may be more than the header has.
 */
export type CsvDialect = {
  delimiter: string;
  header: string[];
  start: number;
  before: number;
  spaced: boolean;
  carriage: boolean;
  quote: '"' | "'";
  width: number;
};

const DELIMITERS = [",", ";", "\t", "|", "^", "~"];
const LINES = 40;

/** Finds a file's delimiter and header in its first part: `sep=;`, lines before the header, and names that are known. */
export function csvDialect(
  head: string,
  wanted: { delimiter?: string | undefined; columns?: string[] | undefined },
): CsvDialect {
  const said = /^sep=(.)\r?\n/i.exec(head);
  const from = said === null ? 0 : said[0].length;
  const delimiters = wanted.delimiter !== undefined ? [wanted.delimiter] : said !== null ? [said[1]!] : DELIMITERS;
  const asked = new Set(wanted.columns);
  const known = (cell: string) => asked.has(cell) || isKnownColumn(cell);
  const quote = quoteOf(head);
  let best: Pick<CsvDialect, "delimiter" | "header" | "start" | "before"> & { score: number; next: number } = {
    delimiter: delimiters[0]!,
    header: [],
    start: from,
    before: 0,
    score: -Infinity,
    next: from,
  };
  for (const delimiter of delimiters) {
    let at = from;
    for (let line = 0; line < LINES && at < head.length; line++) {
      const { cells, next } = recordAt(head, at, delimiter, quote);
      const width = recordAt(head, next, delimiter, quote).cells.length;
      const names = new Set(cells.filter((cell) => cell !== "" && known(cell))).size;
      const filled = cells.filter((cell) => cell !== "").length;
      // A header has names that are known, and rows of its own width below it. Of equals the first one is taken.
      const score = names * 100 + (width === cells.length ? Math.min(filled, 40) : 0) - line / 10 +
        (cells.length === 1 && names === 0 ? -50 : 0);
      // A row may hold a word that is a name too: lines before the header are believed where two names follow.
      if (filled > 0 && score > best.score && (line === 0 || names >= 2 || cellsBefore(best) <= 1)) {
        best = { delimiter, header: cells, start: Buffer.byteLength(head.slice(0, at)), before: line, score, next };
      }
      at = next;
    }
  }
  const { score: _score, next, ...dialect } = best;
  const { delimiter } = best;
  const spaced = delimiter !== "\t" && head.includes(`${delimiter} ${quote}`) && !head.includes(`${delimiter}${quote}`);
  const width = widthOf(head, next, delimiter, quote);
  return { ...dialect, spaced, quote, width, carriage: head.includes("\r") && !head.includes("\n") };
}

/** A cell in single quotes, and one in double quotes, with what is around them. */
const SINGLE = /(?:^|[,;\t|^~]) ?'[^'\r\n]*'(?=[,;\t|^~\r]|$)/;
const DOUBLE = /(?:^|[,;\t|^~]) ?"/;

/** Single quotes are quotes where the header or most rows have cells in them, and none has cells in double ones. */
function quoteOf(head: string): CsvDialect["quote"] {
  const [first = "", ...rows] = head.split(/\r?\n|\r/).filter((line) => line !== "" && !/^sep=/i.test(line)).slice(
    0,
    LINES,
  );
  if ([first, ...rows].some((line) => DOUBLE.test(line))) return '"';
  const isUsual = 2 * rows.filter((line) => SINGLE.test(line)).length > rows.length;
  return SINGLE.test(first) || (isUsual && rows.length > 0) ? "'" : '"';
}

/** How many cells most of the first rows have. */
function widthOf(head: string, from: number, delimiter: string, quote: string): number {
  const counts = new Map<number, number>();
  let at = from;
  for (let line = 0; line < LINES && at < head.length; line++) {
    const { cells, next } = recordAt(head, at, delimiter, quote);
    counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    at = next;
  }
  const [most] = [...counts].sort(([a, times], [b, others]) => others - times || a - b);
  // One row does not say what is usual.
  return most === undefined || most[1] < 2 ? 0 : most[0];
}

const cellsBefore = ({ header }: Pick<CsvDialect, "header">): number => header.filter((cell) => cell !== "").length;

/** The cells of the record that begins there. A single quote ends its cell only before a delimiter or the end of the line. */
function recordAt(text: string, from: number, delimiter: string, quote: string): { cells: string[]; next: number } {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  let at = from;
  const isEnd = (place: number) =>
    place >= text.length || text.startsWith(delimiter, place) || text[place] === "\n" || text[place] === "\r";
  for (; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted) {
      if (sign !== quote) cell += sign;
      else if (text[at + 1] === quote && !(quote === "'" && isEnd(at + 1))) {
        cell += quote;
        at++;
      } else if (quote === '"' || isEnd(at + 1)) quoted = false;
      else cell += sign;
    } else if (sign === quote && cell.trim() === "") [quoted, cell] = [true, ""];
    else if (text.startsWith(delimiter, at)) {
      cells.push(cell.trim());
      cell = "";
      at += delimiter.length - 1;
    } else if (sign === "\n" || sign === "\r") break;
    else cell += sign;
  }
  cells.push(cell.trim());
  while (at < text.length && (text[at] === "\n" || text[at] === "\r")) at++;
  return { cells, next: at };
}
