import { isBookId } from "@/domain/catalog/book.ts";
import { normalForm } from "@/domain/text.ts";
import type { IdGenerator } from "@/application/ports.ts";
import { lineOf, textsOf } from "@/application/catalog/importing/values/cells.ts";
import { columnKey, COLUMNS, type Field, type FieldMap, FIELDS } from "./column_names.ts";
import { isIsbd, withoutIsbd } from "@/application/catalog/importing/values/isbd.ts";
import type { ImportRow } from "./import_source.ts";
import {
  nameLines,
  type NameStyle,
  nameStyle,
  withoutRuns,
} from "@/application/catalog/importing/values/person_names.ts";

/** How the rows of a file are read, by what the user says of it. `separator`: between the names and subjects in a cell. */
export type LayoutOptions = {
  map?: FieldMap | undefined;
  separator?: string | undefined;
  /** The id is the ISBN, or is made from the content, even if there is a column of ids. */
  id?: "isbn" | "content" | undefined;
};
/** A value with the key of its column. */
export type Sourced = { key: string; value: unknown };
type Told = { title: string; authors: string[]; year: number | undefined; isbn13: string | undefined };
export type Layout = ReturnType<typeof layoutOf>;

/**
 * What is read from which column of a file. Its first rows say what separates the names in a column and whether there are ids; where there
 * are none each book gets one that is made from what it says, the same in every run.
 */
export function layoutOf(sample: ImportRow[], options: LayoutOptions, ids: Pick<IdGenerator, "of">) {
  const { map = {}, separator, id } = options;
  const fieldKeys = new Map<Field, string[]>(
    FIELDS.map((field) => [field, map[field] === undefined ? COLUMNS[field] : [columnKey(map[field])]]),
  );
  const fieldsOf = fieldsByKey(fieldKeys);
  const readKeys = new Set(fieldsOf.keys());
  const { byKey, unused } = createKeys(readKeys);
  const { samples, joined } = samplesOf(sample, byKey, readKeys);
  const isFilled = (field: Field) => fieldKeys.get(field)!.some((key) => samples.has(key));
  const made = id === "content" || (id === undefined && !isFilled("id"));
  const cellsIn = (key: string): string[] => samples.get(key) ?? [];
  const isbd = isIsbd(fieldKeys.get("title")!.flatMap(cellsIn));

  return {
    byIsbn: id === "isbn",
    /** Whether ids are made from the content, as the file has none. */
    made,
    hasAuthors: isFilled("authors"),
    /** Whether series may have their numbers behind their names: in a table that has no column for them. */
    splitsSeries: sample.every((row) => !("columns" in row) || isTable(row, fieldKeys.get("series_number")!)),
    /** Names of columns that no field is read from. */
    unused,
    /** A part of a title without the marks that a library's rules put behind it. */
    tidied: (text: string): string => isbd ? withoutIsbd(text) : text,
    /** A column that stands several times in a file. */
    isJoined: (key: string): boolean => joined.has(key),
    cellsOf(columns: Record<string, unknown>): Map<Field, Sourced[]> {
      const cells = new Map<Field, Sourced[]>();
      for (const [key, value] of byKey(columns)) {
        for (const field of fieldsOf.get(key) ?? []) {
          if (field !== "title" && NOTHING.has(value)) continue;
          const found = cells.get(field);
          if (found === undefined) cells.set(field, [{ key, value }]);
          else insertInOrder(found, { key, value }, fieldKeys.get(field)!);
        }
      }
      return cells;
    },
    styleOf: remembered((key): NameStyle => {
      const found = { ...nameStyle(cellsIn(key), key), isbd };
      return separator === undefined ? found : { ...found, separator };
    }),
    subjectSeparatorOf: remembered((key): string | RegExp =>
      separator ?? (cellsIn(key).some((cell) => /[;|]/.test(cell)) ? /[;|]/ : ",")
    ),
    idOf(cells: Map<Field, Sourced[]>, { title, authors, year, isbn13 }: Told): string | undefined {
      if (id === "isbn") return isbn13;
      if (made) {
        return ids.of("book", isbn13 ?? "", normalForm(title), normalForm(authors[0] ?? ""), String(year ?? ""));
      }
      const text = (cells.get("id") ?? []).flatMap(({ value }) => textsOf(value)).map(lineOf).find((one) => one !== "");
      // Keys and addresses: the last part names the book among its like.
      const given = text !== undefined && /^(\/|https?:\/\/)/.test(text)
        ? text.split("/").findLast((part) => part !== "")
        : text;
      // A control character is damage, which is refused.
      return given === undefined || isBookId(given) || /\p{C}/u.test(given) ? given : ids.of("book", given);
    },
  };
}

/** What databases, programs, spreadsheets and Python write where there is nothing. A title may be such a word. */
const NOTHING = new Set<unknown>([
  "NULL",
  "null",
  "\\N",
  "None",
  "NaN",
  "nan",
  "N/A",
  "n/a",
  "<NA>",
  "[]",
  "#N/A",
  "#REF!",
  "#NAME?",
  "#VALUE!",
  "#NULL!",
  "#NUM!",
  "#DIV/0!",
]);

/** The fields that are read from each column. A row has few of the columns that are known. */
function fieldsByKey(fieldKeys: Map<Field, string[]>): Map<string, Field[]> {
  const fields = new Map<string, Field[]>();
  for (const [field, keys] of fieldKeys) for (const key of keys) fields.set(key, [...fields.get(key) ?? [], field]);
  return fields;
}

/** Adds a value of a field to those of the columns that come before its own. */
function insertInOrder(found: Sourced[], added: Sourced, keys: string[]): void {
  const place = keys.indexOf(added.key);
  const at = found.findIndex(({ key }) => keys.indexOf(key) > place);
  found.splice(at === -1 ? found.length : at, 0, added);
}

type ByKey = (columns: Record<string, unknown>) => Map<string, unknown>;

/**
 * Values by the keys of their columns; columns of one key are a list, but one whose name goes on in brackets (`Author (Last, First)`)
 * only tells another form. Remembers the columns that are not read.
 */
function createKeys(readKeys: Set<string>): { byKey: ByKey; unused: Set<string> } {
  const unused = new Set<string>();
  const keyOf = remembered((name) => {
    const key = columnKey(name);
    if (!readKeys.has(key) && !OURS.has(key)) unused.add(name);
    return key;
  });
  return {
    unused,
    byKey(columns) {
      const found = new Map<string, unknown>();
      const bracketed = new Map<string, string>();
      for (const name of Object.keys(columns)) {
        const [key, value] = [keyOf(name), columns[name]];
        if (value === undefined || value === null || value === "") continue;
        const [had, other] = [found.get(key), bracketed.get(key)];
        const isOther = name.endsWith(")") && name.includes("(");
        if (had === undefined || (isOther === (other !== undefined))) {
          found.set(key, had === undefined ? value : [had, value].flat());
          if (isOther) bracketed.set(key, name);
        } else {
          unused.add(isOther ? name : other!);
          if (!isOther) found.set(key, value);
        }
      }
      return found;
    },
  };
}

/** Cells of the first rows, by column, and the columns that stand several times. Other lists say nothing of separators. */
function samplesOf(sample: ImportRow[], byKey: ByKey, readKeys: Set<string>) {
  const samples = new Map<string, string[]>();
  const joined = new Set<string>();
  for (const row of sample) {
    if (!("columns" in row)) continue;
    for (const [key, value] of byKey(row.columns)) {
      if (!readKeys.has(key)) continue;
      const cells = samples.get(key) ?? samples.set(key, []).get(key)!;
      if (typeof value === "string") cells.push(...nameLines(value).map(lineOf).map(withoutRuns));
      else if (row.repeats === true) {
        joined.add(key);
        cells.push(...textsOf(value));
      }
    }
  }
  return { samples, joined };
}

/** Whether a row is one of texts, without some columns. JSON, as an export has it, tells a number apart from a name. */
const isTable = ({ columns, repeats }: Extract<ImportRow, { columns: unknown }>, keys: string[]): boolean =>
  Object.entries(columns).every(([name, value]) =>
    (typeof value === "string" || repeats === true) && !keys.includes(columnKey(name))
  );

/** A function of a text that computes each value once. */
function remembered<Value>(compute: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, value = compute(key));
    return value;
  };
}

/** Columns that a file of refused rows adds to those of its source. */
const OURS = new Set(["importrow", "importreason"]);
