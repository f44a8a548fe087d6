import { BOOK_LIMITS, type BookDetails, type Contributor } from "@/domain/catalog/book.ts";
import { faultText } from "@/domain/rejection.ts";
import { defined } from "@/application/defined.ts";
import { countOf, isbnIn, languageOf, withoutSeries, yearOf } from "./cell_values.ts";
import { cutAtWord, decodedAgain, lineOf, listIn, textsOf, withoutMarkup } from "./cells.ts";
import type { Field } from "./column_names.ts";
import type { Layout, Sourced } from "./import_layout.ts";
import type { ImportRow } from "./import_source.ts";
import { namesOf } from "./person_names.ts";
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

  const named = titleOf(cells, warn);
  if (named === undefined) return { ok: false, reason: "no title", id: givenId(cells, layout) };
  const year = first(cells.get("year"), yearOf, "year", warn);
  const language = first(cells.get("language"), languageOf, "language", warn) ?? undefined;
  const authors = peopleOf(cells, layout, warn);
  const isbn13 = first(cells.get("isbn13"), isbnIn, "isbn13", warn);
  const id = layout.idOf(cells, { title: named.title, authors: authors.authors, year, isbn13 });
  if (id === undefined) return { ok: false, reason: layout.byIsbn ? "no ISBN, which is the id" : "no id" };
  const description = textOf(cells, "description");
  const details: BookDetails = {
    ...named,
    ...authors,
    subjects: listOf(cells, layout, warn),
    popularity: first(cells.get("popularity"), countOf, "popularity", warn) ?? 0,
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

type Cells = Map<Field, Sourced[]>;

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
type Warn = (field: string, found: string, what: string) => void;

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
  read: (text: string) => Value | undefined,
  field: keyof typeof WANTED,
  warn: Warn,
): Value | undefined {
  if (cells === undefined) return undefined;
  let seen: string | undefined;
  for (const { value } of cells) {
    for (const text of typeof value === "string" ? [lineOf(value)] : textsOf(value).map(lineOf)) {
      const items = field === "language" ? text.split(/[,;|]/) : [text];
      for (const item of items) {
        if (item.trim() === "") continue;
        const found = read(item);
        if (found !== undefined) return found;
        seen ??= item;
      }
    }
  }
  return seen === undefined ? undefined : void warn(field, seen, faultOf(field, seen));
}

function textOf(cells: Cells, field: Field): string | undefined {
  for (const { value } of cells.get(field) ?? []) {
    const text = textsOf(value).join("\n").trim();
    if (text !== "") return text;
  }
  return undefined;
}

const lineIn = (cells: Cells, field: Field): string | undefined => {
  const text = textOf(cells, field);
  return text === undefined ? undefined : lineOf(text);
};

/** A key or an address of something: its last part. */
const keyIn = (cells: Cells, field: Field): string | undefined =>
  lineIn(cells, field)?.split("/").findLast((part) => part !== "")?.replace(/\.0+$/, "");

type Named = Pick<BookDetails, "title" | "subtitle" | "original_title" | "series" | "series_number">;

/** The title without the series in brackets, and what belongs to a title. */
function titleOf(cells: Cells, warn: Warn): Named | undefined {
  const text = lineIn(cells, "title");
  if (text === undefined || text === "") return undefined;
  const bracketed = withoutSeries(text);
  const series = lineIn(cells, "series") || bracketed.series;
  const number = lineIn(cells, "series_number")?.replace(/\.0+$/, "") ||
    (series === bracketed.series ? bracketed.number : undefined);
  const original = lineIn(cells, "original_title");
  const cut = (field: keyof Named, found: string | undefined) =>
    found === undefined || found === "" ? undefined : cutLong(field, found, warn);
  return {
    title: cutLong("title", bracketed.title, warn),
    ...defined({
      subtitle: cut("subtitle", lineIn(cells, "subtitle")),
      original_title: original === bracketed.title || original === text ? undefined : cut("original_title", original),
      series: cut("series", series),
      // A number says nothing without its series.
      series_number: series === undefined || series === "" ? undefined : number,
    }),
  };
}

/** A text that is too long is cut at a word, with a warning. */
function cutLong(field: keyof typeof BOOK_LIMITS, text: string, warn: Warn): string {
  const most = BOOK_LIMITS[field];
  const cut = cutAtWord(text, most);
  if (cut.length < text.trim().length) warn(field, "", `was longer than ${most} characters and is cut at a word`);
  return cut;
}

const ROLES: [Field, string][] = [["translators", "translator"], ["editors", "editor"], [
  "illustrators",
  "illustrator",
]];

function peopleOf(cells: Cells, layout: Layout, warn: Warn): { authors: string[]; contributors?: Contributor[] } {
  const names = (field: Field) => {
    for (const { value, key } of cells.get(field) ?? []) {
      const keyed = keysOnly(value);
      if (keyed !== undefined) warn(field, keyed, "is known by its key only and left out");
      const found = namesOf(value, layout.styleOf(key)).filter((name) => !/^\/\w+\//.test(name));
      if (found.length > 0) return found;
    }
    return [];
  };
  const others = (cells.get("contributors") ?? []).flatMap(({ value, key }) =>
    rolesIn(value) ?? namesOf(value, layout.styleOf(key)).map((name) => ({ name, role: undefined }))
  );
  const authors = [
    ...new Set([...names("authors"), ...others.flatMap(({ name, role }) => role === undefined ? [name] : [])]),
  ];
  const contributors = [
    ...others.flatMap(({ name, role }) => role === undefined ? [] : [{ name, role }]),
    ...ROLES.flatMap(([field, role]) => names(field).map((name) => ({ name, role }))),
  ];
  const kept = few("authors", authors, warn);
  return {
    authors: kept,
    ...(contributors.length === 0 ? {} : { contributors: few("contributors", contributors, warn) }),
  };
}

/** An author of Open Library whose name is elsewhere. */
function keysOnly(value: unknown): string | undefined {
  const keys = textsOf(value).filter((text) => /^\/authors\//.test(text));
  return keys[0];
}

/** Names with their roles, as a list or as JSON in a cell. */
function rolesIn(found: unknown): { name: string; role: string | undefined }[] | undefined {
  const value = typeof found === "string" && found.startsWith("[{") ? parsed(found) : found;
  const isRoled = (one: unknown) => typeof one === "object" && one !== null && "role" in one;
  if (!Array.isArray(value) || !value.some(isRoled)) return undefined;
  return value.flatMap((one) => {
    const { name, role } = one as Record<string, unknown>;
    if (typeof name !== "string") return [];
    return [{ name: lineOf(name), role: typeof role === "string" && role !== "author" ? role : undefined }];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first items of a list that is too long, with a warning. */
function few<Item>(field: "authors" | "contributors" | "subjects", items: Item[], warn: Warn): Item[] {
  const most = BOOK_LIMITS[field];
  if (items.length > most) warn(field, "", `${items.length} are more than ${most}, and the rest is left out`);
  return items.slice(0, most);
}

/** Subjects of all columns that have some; an item with its count, as shelves have it, loses it. */
function listOf(cells: Cells, layout: Layout, warn: Warn): string[] {
  const [found] = (cells.get("subjects") ?? []).flatMap(({ value, key }) => {
    const texts = typeof value === "string"
      ? listIn(value) ?? lineOf(value).split(layout.subjectSeparatorOf(key))
      : manyOf(value, key, layout);
    const items = texts.map(lineOf).map((text) => text.replace(/\s*\(#\d+\)$/, "").trim()).filter((text) =>
      text !== ""
    );
    return items.length === 0 ? [] : [[...new Set(items)]];
  });
  return few("subjects", found ?? [], warn);
}

const manyOf = (value: unknown, key: string, layout: Layout): string[] =>
  textsOf(value).flatMap((text) => layout.isJoined(key) ? text.split(layout.subjectSeparatorOf(key)) : [text]);
