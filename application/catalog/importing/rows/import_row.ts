import { BOOK_LIMITS, type BookDetails } from "@/domain/catalog/book.ts";
import { cut, normalForm } from "@/domain/text.ts";
import { faultText } from "@/domain/rejection.ts";
import { defined } from "@/application/defined.ts";
import {
  countOf,
  isbnIn,
  languageOf,
  withoutSeries,
  yearOf,
  yearOfDate,
} from "@/application/catalog/importing/values/cell_values.ts";
import {
  cutAtWord,
  decodedAgain,
  lineOf,
  listIn,
  textsOf,
  withoutMarkup,
} from "@/application/catalog/importing/values/cells.ts";
import type { Field } from "@/application/catalog/importing/columns/column_names.ts";
import type { Layout, Sourced } from "@/application/catalog/importing/columns/import_layout.ts";
import { peopleOf } from "./import_people.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import { type Cells, few, lineIn, textOf, type Warn } from "./row_cells.ts";
import { usableDetails } from "./usable_details.ts";

type ReadRow = { ok: true; id: string; details: BookDetails; warnings: string[] } | Refused;
/** `id`: the book's, where the row says it. */
type Refused = { ok: false; reason: string; id?: string | undefined };

/** Reads the fields of a row by one file's layout. A row without id or title is refused; what cannot be used is left out with a warning. */
export function readRow(row: Extract<ImportRow, { columns: unknown }>, layout: Layout): ReadRow {
  const warnings: string[] = [];
  const cells = repairDoubleEncoding(layout.cellsOf(row.columns), warnings);
  const warn: Warn = (field, found, what) =>
    void warnings.push(`${field}: ${found === "" ? "" : `${JSON.stringify(cutAtWord(found, 80))} `}${what}`);
  if (row.surplus !== undefined) warnings.push(`row: ${row.surplus} more cells than there are columns were left out`);
  for (const cell of row.joined ?? []) warn("row", cell, "had a delimiter without quotes and is taken for one cell");

  const named = titleOf(cells, layout, warn);
  if (named === undefined) return { ok: false, reason: "no title", id: givenId(cells, layout) };
  if (cells.size === 1 && layout.hasAuthors && TOTAL.test(named.title)) {
    return {
      ok: false,
      reason: `is a line of totals: found ${JSON.stringify(named.title)} and nothing else of a book`,
    };
  }
  const year = first(
    cells.get("year"),
    (text, key) => (key.includes("date") ? yearOfDate : yearOf)(text),
    "year",
    warn,
  );
  const language = first(cells.get("language"), languageOf, "language", warn) ?? undefined;
  const authors = peopleOf(cells, layout, warn);
  const isbn13 = first(cells.get("isbn13"), isbnIn, "isbn13", warn);
  const id = layout.idOf(cells, { title: named.title, authors: authors.authors, year, isbn13 });
  if (id === undefined) return { ok: false, reason: layout.byIsbn ? "no ISBN, which is the id" : "no id" };
  const said = layout.made || layout.byIsbn ? "" : lineIn(cells, "id") ?? "";
  if (said !== "" && !said.includes(id)) warn("id", said, `${NO_ID}, so that it is the book ${id}`);
  const description = textOf(cells, "description");
  const details: BookDetails = {
    ...named,
    ...authors,
    subjects: listOf(cells, layout, warn),
    popularity: first(cells.get("popularity"), popularityOf, "popularity", warn) ?? 0,
    ...defined({
      year,
      isbn13,
      language,
      work_id: keyIn(cells, "work_id"),
      description: description === undefined ? undefined : cutLong("description", withoutMarkup(description), warn),
    }),
  };
  const { details: usable, left, broken } = usableDetails(id, details);
  if (broken.length > 0) return { ok: false, reason: faultText(broken), id };
  return { ok: true, id, details: usable, warnings: [...warnings, ...left.map((fault) => faultText([fault]))] };
}

const NO_ID = "is no id of 1 to 64 characters without spaces or / ? # % \\";

/** What stands at the end of a list as its sum: `Total`, `Total: 312`, `Summe 3 Bücher`. */
const TOTAL = /^(?:(?:grand |sub)?total|totals|summe|gesamt|totale|totaal)\s*:?(?:\s*\d.{0,30})?$/i;

/** The id of a row without a title; undefined where it would be made from what the row says. */
function givenId(cells: Cells, layout: Layout): string | undefined {
  if (layout.made) return undefined;
  const isbn13 = first(cells.get("isbn13"), isbnIn, "isbn13", () => {});
  return layout.idOf(cells, { title: "", authors: [], year: undefined, isbn13 });
}

/** Text that was taken for Latin-1 and encoded again has control characters that no text has; it is decoded once more. */
function repairDoubleEncoding(cells: Cells, warnings: string[]): Cells {
  for (const sources of cells.values()) {
    for (const source of sources) {
      const decoded = typeof source.value === "string" ? decodedAgain(source.value) : source.value;
      if (decoded === source.value) continue;
      source.value = decoded;
      if (!warnings.includes(TWICE)) warnings.push(TWICE);
    }
  }
  return cells;
}
const TWICE = "row: text was encoded twice and is decoded";

/** A point in a number of JSON stands before a fraction, never between thousands. */
const popularityOf = (text: string, _key: string, value: unknown): number | undefined =>
  typeof value === "number" && !Number.isInteger(value) ? undefined : countOf(text);

/** What is said of a value that a field cannot have. */
const WANTED = {
  year: "is no year: wanted one such as 1999 or -400",
  language: "is no language: wanted a code or a name, such as en or English",
  isbn13: "is no ISBN: wanted 10 or 13 digits, of which the last one fits the others",
  popularity: "is no count: wanted a whole number from 0 on",
};
const ROUNDED = "was rounded by a spreadsheet: wanted all digits, in a column of text";
const faultOf = (field: keyof typeof WANTED, found: string): string =>
  field === "isbn13" && /^[\d.,]+e\+?\d+$/i.test(found.trim()) ? ROUNDED : WANTED[field];

/** The first value of a field's columns that can be used; a warning where none can. Null says that there is nothing to be said. */
function first<Value>(
  cells: Sourced[] | undefined,
  read: (text: string, key: string, value: unknown) => Value | undefined,
  field: keyof typeof WANTED,
  warn: Warn,
): Value | undefined {
  if (cells === undefined) return undefined;
  let seen: string | undefined;
  for (const { value, key } of cells) {
    for (const text of typeof value === "string" ? [lineOf(value)] : textsOf(value).map(lineOf)) {
      const items = field === "language" ? text.split(/[,;|]/) : [text];
      for (const item of items) {
        if (item.trim() === "") continue;
        const found = read(item, key, value);
        if (found !== undefined) return found;
        seen ??= item;
      }
    }
  }
  return seen === undefined ? undefined : void warn(field, seen, faultOf(field, seen));
}

/** A key or an address of something: its last part. */
const keyIn = (cells: Cells, field: Field): string | undefined =>
  lineIn(cells, field)?.split("/").findLast((part) => part !== "")?.replace(/\.0+$/, "");

type Named = Pick<BookDetails, "title" | "subtitle" | "original_title" | "series" | "series_number">;

/** A longer title is cut, also without its series. What reads brackets takes the square of its length. */
const MOST_TITLE_CHARACTERS = 4 * BOOK_LIMITS.title;

/** The title without the series in brackets, and what belongs to a title. */
function titleOf(cells: Cells, layout: Layout, warn: Warn): Named | undefined {
  const text = lineIn(cells, "title");
  if (text === undefined || text === "") return undefined;
  const whole = layout.tidied(cut(text, MOST_TITLE_CHARACTERS));
  const found = withoutSeries(whole);
  const column = seriesIn(lineIn(cells, "series"), layout);
  const told = column?.name;
  // A series in brackets that is not the one of its own column stays in the title.
  const bracketed = told === undefined || isSame(told, found.series) ? found : { title: whole };
  const series = told || bracketed.series;
  const number = lineIn(cells, "series_number")?.replace(/\.0+$/, "") || column?.number ||
    (isSame(series, bracketed.series) ? bracketed.number : undefined);
  const original = lineIn(cells, "original_title");
  const shortened = (field: keyof Named, found: string | undefined) =>
    found === undefined || found === "" ? undefined : cutLong(field, found, warn);
  return {
    title: cutLong("title", bracketed.title, warn),
    ...defined({
      subtitle: shortened("subtitle", layout.tidied(lineIn(cells, "subtitle") ?? "")),
      original_title: original === bracketed.title || original === text
        ? undefined
        : shortened("original_title", original),
      series: shortened("series", series),
      // A number says nothing without its series.
      series_number: series === undefined || series === "" ? undefined : number,
    }),
  };
}

/** The series of a column. Where no column has numbers, one behind the name is the book's: `Moor, #4`, `Moor ; Bd. 3`, `Moor (5)`. */
function seriesIn(
  text: string | undefined,
  { splitsSeries }: Layout,
): { name: string; number?: string } | undefined {
  if (text === undefined) return undefined;
  const [, name, number] = !splitsSeries || text.length > BOOK_LIMITS.series ? [] : NUMBER_BEHIND.exec(text) ?? [];
  return name === undefined || number === undefined ? { name: text } : { name, number };
}
const NUMBER_BEHIND =
  /^\(?(.*?[^\s,;(])\s*(?:\((?=[^()]*\)$)|[,;]\s*|(?=#|\b(?:book|vol|band|bd)\b))(?:#|(?:book|bk|volume|vol|no|nr|band|bd|tome|t|deel)\b\.?)?\s*(\d{1,4}(?:\.\d)?(?:-\d{1,4})?)\)?$/i;

/** Whether two series are one: a column may have the number too (`Moor, book 1`). */
const isSame = (column = "", bracketed = ""): boolean =>
  column !== "" && column.length <= BOOK_LIMITS.series &&
  [column, NUMBER_BEHIND.exec(column)?.[1] ?? ""].map(normalForm).includes(normalForm(bracketed));

/** A text that is too long is cut at a word, with a warning. */
function cutLong(field: keyof typeof BOOK_LIMITS, text: string, warn: Warn): string {
  const most = BOOK_LIMITS[field];
  const cut = cutAtWord(text, most);
  if (cut.length < text.trim().length) warn(field, "", `was longer than ${most} characters and is cut at a word`);
  return cut;
}

/** Subjects of all columns that have some; an item with its count, as shelves have it, loses it. */
function listOf(cells: Cells, layout: Layout, warn: Warn): string[] {
  const [found] = (cells.get("subjects") ?? []).flatMap(({ value, key }) => {
    const texts = typeof value === "string"
      ? listIn(value) ?? lineOf(value).split(layout.subjectSeparatorOf(key))
      : manyOf(value, key, layout);
    const items = texts.map(lineOf).map((text) => text.replace(/\(#\d+\)$/, "").trim()).filter((text) => text !== "");
    return items.length === 0 ? [] : [[...new Set(items)]];
  });
  return few("subjects", found ?? [], warn);
}

const manyOf = (value: unknown, key: string, layout: Layout): string[] =>
  textsOf(value).flatMap((text) => layout.isJoined(key) ? text.split(layout.subjectSeparatorOf(key)) : [text]);
