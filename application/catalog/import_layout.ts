import { normalForm } from "@/domain/text.ts";
import type { IdGenerator } from "@/application/ports.ts";
import { lineOf, textsOf } from "./cells.ts";
import { columnKey, COLUMNS, type Field, FIELDS } from "./column_names.ts";
import type { ImportRow } from "./import_source.ts";
import { type NameStyle, nameStyle } from "./person_names.ts";

/** How the rows of a file are read, by what the user says of it. `separator`: between the names and subjects in a cell. */
export type LayoutOptions = {
  map?: Partial<Record<Field, string>> | undefined;
  separator?: string | undefined;
  /** The id is the ISBN, or made from the content, whatever columns there are. */
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
export function layoutOf(
  sample: ImportRow[],
  { map = {}, separator, id }: LayoutOptions,
  ids: Pick<IdGenerator, "of">,
) {
  const mapped = new Map(Object.entries(map).map(([field, column]) => [field, columnKey(column)]));
  const fieldKeys = new Map<Field, string[]>(
    FIELDS.map((field) => [field, mapped.has(field) ? [mapped.get(field)!] : COLUMNS[field]]),
  );
  const readKeys = new Set([...fieldKeys.values()].flat());
  const names = new Map<string, string>();
  const unused = new Set<string>();
  const keyOf = (name: string): string => {
    let key = names.get(name);
    if (key === undefined) {
      names.set(name, key = columnKey(name));
      if (!readKeys.has(key) && !OURS.has(key)) unused.add(name);
    }
    return key;
  };
  const byKey = (columns: Record<string, unknown>): Map<string, unknown> => {
    const found = new Map<string, unknown>();
    for (const name of Object.keys(columns)) {
      const value = columns[name];
      if (value === undefined || value === null || value === "") {
        keyOf(name);
        continue;
      }
      const key = keyOf(name);
      const had = found.get(key);
      found.set(key, had === undefined ? value : [had, value].flat());
    }
    return found;
  };
  const samples = new Map<string, string[]>();
  const joined = new Set<string>();
  for (const row of sample) {
    if (!("columns" in row)) continue;
    for (const [key, value] of byKey(row.columns)) {
      if (!readKeys.has(key)) continue;
      const cells = samples.get(key) ?? samples.set(key, []).get(key)!;
      if (typeof value === "string") cells.push(lineOf(value));
      else if (row.line[0] !== "{") {
        joined.add(key);
        cells.push(...textsOf(value));
      }
    }
  }
  const isFilled = (field: Field) => fieldKeys.get(field)!.some((key) => samples.has(key));
  const made = id === "content" || (id === undefined && !isFilled("id"));
  const styles = new Map<string, NameStyle>();
  const separators = new Map<string, string | RegExp>();

  return {
    byIsbn: id === "isbn",
    /** Whether ids are made from the content, as the file has none. */
    made,
    /** Names of columns that no field is read from. */
    unused,
    /** A column that stands several times in a file. */
    isJoined: (key: string): boolean => joined.has(key),
    cellsOf(columns: Record<string, unknown>): Map<Field, Sourced[]> {
      const values = byKey(columns);
      const cells = new Map<Field, Sourced[]>();
      for (const [field, keys] of fieldKeys) {
        for (const key of keys) {
          const value = values.get(key);
          if (value === undefined) continue;
          const had = cells.get(field);
          if (had === undefined) cells.set(field, [{ key, value }]);
          else had.push({ key, value });
        }
      }
      return cells;
    },
    styleOf(key: string): NameStyle {
      let style = styles.get(key);
      if (style === undefined) {
        const found = nameStyle(samples.get(key) ?? [], key);
        styles.set(key, style = separator === undefined ? found : { ...found, separator });
      }
      return style;
    },
    subjectSeparatorOf(key: string): string | RegExp {
      let found = separators.get(key);
      if (found === undefined) {
        const strong = (samples.get(key) ?? []).some((cell) => /[;|]/.test(cell));
        separators.set(key, found = separator ?? (strong ? /[;|]/ : ","));
      }
      return found;
    },
    idOf(cells: Map<Field, Sourced[]>, { title, authors, year, isbn13 }: Told): string | undefined {
      if (id === "isbn") return isbn13;
      if (made) {
        return ids.of("book", isbn13 ?? "", normalForm(title), normalForm(authors[0] ?? ""), String(year ?? ""));
      }
      const text = (cells.get("id") ?? []).flatMap(({ value }) => textsOf(value)).map(lineOf).find((one) => one !== "");
      // Keys and addresses: the last part names the book among its like.
      return text !== undefined && /^(\/|https?:\/\/)/.test(text)
        ? text.split("/").findLast((part) => part !== "")
        : text;
    },
  };
}

/** Columns of a file of refused rows, beside those of the file that it came from. */
const OURS = new Set(["importrow", "importreason"]);
