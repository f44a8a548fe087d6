import { BOOK_LIMITS } from "@/domain/catalog/book.ts";
import { lineOf, textsOf } from "@/application/catalog/importing/values/cells.ts";
import type { Field } from "@/application/catalog/importing/columns/column_names.ts";
import type { Sourced } from "@/application/catalog/importing/columns/import_layout.ts";

/** A row's values by the fields that are read from them. */
export type Cells = Map<Field, Sourced[]>;
export type Warn = (field: string, found: string, what: string) => void;

/** The first text that a field's columns have. */
export function textOf(cells: Cells, field: Field): string | undefined {
  for (const { value } of cells.get(field) ?? []) {
    const text = textsOf(value).join("\n").trim();
    if (text !== "") return text;
  }
  return undefined;
}

/** The same as a text of one line. */
export const lineIn = (cells: Cells, field: Field): string | undefined => {
  const text = textOf(cells, field);
  return text === undefined ? undefined : lineOf(text);
};

/** The first items of a list that is too long, with a warning. */
export function few<Item>(field: "authors" | "contributors" | "subjects", items: Item[], warn: Warn): Item[] {
  const most = BOOK_LIMITS[field];
  if (items.length > most) warn(field, "", `${items.length} are more than ${most}, and the rest is left out`);
  return items.slice(0, most);
}
