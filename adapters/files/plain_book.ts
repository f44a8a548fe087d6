import type { Book } from "@/domain/catalog/book.ts";

/** A book without its version, its texts so that an import reads no entity in them but their own. */
export function plain({ version: _version, ...book }: Book): Omit<Book, "version"> {
  const escaped = (_name: string, value: unknown) =>
    typeof value === "string" ? value.replace(/&(?=#?\w+;)/g, "&amp;") : value;
  return JSON.parse(JSON.stringify(book, escaped));
}
