import { isKnownColumn } from "@/application/catalog/importing/column_names.ts";

/**
 * How a CSV file is written. `start`: where the header begins, in bytes. `spaced`: blanks stand before opening quotes. `carriage`: lines end
 * at a carriage return, as those of an old Mac.
 */
export type CsvDialect = {
  delimiter: string;
  header: string[];
  start: number;
  before: number;
  spaced: boolean;
  carriage: boolean;
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
  let best: Omit<CsvDialect, "spaced" | "carriage"> & { score: number } = {
    delimiter: delimiters[0]!,
    header: [],
    start: from,
    before: 0,
    score: -Infinity,
  };
  for (const delimiter of delimiters) {
    let at = from;
    for (let line = 0; line < LINES && at < head.length; line++) {
      const { cells, next } = recordAt(head, at, delimiter);
      const width = recordAt(head, next, delimiter).cells.length;
      const names = new Set(cells.filter((cell) => cell !== "" && known(cell))).size;
      const filled = cells.filter((cell) => cell !== "").length;
      // A header has names that are known, and rows of its own width below it. Of equals the first one is taken.
      const score = names * 100 + (width === cells.length ? Math.min(filled, 40) : 0) - line / 10 +
        (cells.length === 1 && names === 0 ? -50 : 0);
      // A row may hold a word that is a name too: lines before the header are believed where two names follow.
      if (filled > 0 && score > best.score && (line === 0 || names >= 2 || cellsBefore(best) <= 1)) {
        best = { delimiter, header: cells, start: Buffer.byteLength(head.slice(0, at)), before: line, score };
      }
      at = next;
    }
  }
  const { score: _score, ...dialect } = best;
  const { delimiter } = best;
  const spaced = delimiter !== "\t" && head.includes(`${delimiter} "`) && !head.includes(`${delimiter}"`);
  return { ...dialect, spaced, carriage: head.includes("\r") && !head.includes("\n") };
}

const cellsBefore = ({ header }: Pick<CsvDialect, "header">): number => header.filter((cell) => cell !== "").length;

/** The cells of the record that begins there. */
function recordAt(text: string, from: number, delimiter: string): { cells: string[]; next: number } {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  let at = from;
  for (; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
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
