import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import { cutAtWord } from "@/application/catalog/importing/values/cells.ts";
import type { CsvDialect } from "./csv_dialect.ts";

type Place = { lineNumber: number; line: () => string };

/**
 * A row by the names of the header; columns of one name are a list. Where it has more cells than other rows, a delimiter in a cell without
 * quotes has shifted the cells behind it: what begins with a blank belongs to the cell before. Any other row is refused, but for empty
 * cells at its end.
 */
export function csvRow(
  { header, width, delimiter, spaced }: CsvDialect,
  cells: string[],
  { lineNumber, line }: Place,
): ImportRow {
  const usual = Math.max(width, header.length);
  // The last columns of a shifted row may be empty, so that those count too; a row may also end in delimiters that others lack.
  const isSplit = !spaced && cells.length > usual && [cells.length, filled(cells)].includes(usual + splits(cells));
  if (filled(cells) > usual && !isSplit) {
    return { fault: surplusFault(cells, header.length, delimiter), line: line(), lineNumber };
  }
  const { whole, joined } = isSplit ? join(cells, delimiter) : { whole: cells, joined: [] };
  const columns: Record<string, unknown> = {};
  let repeats = false;
  header.forEach((name, place) => {
    const value = whole[place];
    if (value === undefined) return;
    const had = columns[name];
    repeats ||= had !== undefined;
    if (Array.isArray(had)) had.push(value);
    else columns[name] = had === undefined ? value : [had, value];
  });
  const more = whole.slice(header.length).filter((cell) => cell.trim() !== "").length;
  return {
    columns,
    lineNumber,
    ...(more > 0 ? { surplus: more } : {}),
    ...(repeats ? { repeats } : {}),
    ...(joined.length > 0 ? { joined } : {}),
    get line() {
      return line();
    },
  };
}

/** A cell that is the rest of the one before: behind a delimiter there are blanks in prose only. */
const goesOn = (cell: string): boolean => /^ \S/.test(cell);

/** How many cells are the rest of others. */
const splits = (cells: string[]): number => cells.filter((cell, at) => at > 0 && goesOn(cell)).length;

/** How many cells there are up to the last one that is not empty. */
const filled = (cells: string[]): number => cells.findLastIndex((cell) => cell.trim() !== "") + 1;

function join(cells: string[], delimiter: string): { whole: string[]; joined: string[] } {
  const whole: string[] = [];
  const places = new Set<number>();
  cells.forEach((cell, at) => {
    if (at === 0 || !goesOn(cell)) return void whole.push(cell);
    whole[whole.length - 1] += delimiter + cell;
    places.add(whole.length - 1);
  });
  return { whole, joined: [...places].map((place) => whole[place]!) };
}

function surplusFault(cells: string[], wanted: number, delimiter: string): string {
  const sign = delimiter === "\t" ? "a tab" : delimiter;
  const found = JSON.stringify(cutAtWord(cells.join(delimiter), 80));
  return `has more cells than the header: wanted ${wanted} (a cell with ${sign} in it in quotes), found ${
    filled(cells)
  }: ${found}`;
}
