import { stringify } from "csv-stringify/sync";
import type { Book } from "@/domain/catalog/book.ts";
import { marcOf } from "@/adapters/files/marc/marc_record.ts";
import { plain } from "./plain_book.ts";

export const EXPORT_KINDS = ["csv", "jsonl", "marc"] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

const COLUMNS = [
  "id",
  "title",
  "subtitle",
  "original_title",
  "series",
  "series_number",
  "work_id",
  "authors",
  "contributors",
  "year",
  "language",
  "isbn13",
  "subjects",
  "description",
  "popularity",
] as const;

/** Books as bytes of a file that an import reads back as they are. Lists in a CSV cell are JSON, as names may have any sign in them. */
export function exported(kind: ExportKind, books: Book[], isFirst: boolean): Uint8Array {
  if (kind === "marc") return Buffer.concat(books.map(marcOf));
  if (kind === "jsonl") return Buffer.from(books.map((book) => `${JSON.stringify(plain(book))}\n`).join(""));
  const rows = books.map(plain).map((book) => COLUMNS.map((name) => cellOf(book[name])));
  return Buffer.from(stringify(isFirst ? [[...COLUMNS], ...rows] : rows));
}

function cellOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
