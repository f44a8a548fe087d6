import { type Facet, facetsOf } from "@/domain/catalog/found_by.ts";
import type { Book } from "@/domain/catalog/book.ts";
import type { FacetCount } from "@/application/catalog/ports.ts";
import { listPieces } from "@/adapters/sql/lists.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { bookOf } from "./rows.ts";

/** A book's filters but its work, each once, as a line of its kind and its value. */
export const facetLines = (book: Book): string[] => [
  ...new Set(facetsOf(book).flatMap(({ kind, value }) => kind === "work" ? [] : [`${kind} ${value}`])),
];

/** How many of the books have each filter, by the lines that are stored with what search compares of each. */
export async function countFacets(statements: Statements, ids: string[]): Promise<FacetCount[]> {
  const counts = new Map<string, { count: number; book: string }>();
  for (const some of listPieces(ids, statements.dialect)) {
    const rows = await statements.all("SELECT book, facets FROM search_document WHERE book IN (?)", [some]);
    const found = new Map(rows.map((row) => [String(row.book), row]));
    const missing = await withoutLines(statements, some, found);
    for (const book of some) {
      const lines = missing.get(book) ?? linesIn(found.get(book));
      for (const line of lines) {
        const known = counts.get(line);
        if (known === undefined) counts.set(line, { count: 1, book });
        else known.count++;
      }
    }
  }
  return [...counts].map(([line, { count, book }]) => {
    const at = line.indexOf(" ");
    return { kind: line.slice(0, at) as Facet["kind"], value: line.slice(at + 1), count, book };
  });
}

const linesIn = (row: Row | undefined): string[] => {
  const text = String(row?.facets ?? "");
  return text === "" ? [] : text.split("\n");
};

/** The lines of books that were stored by an earlier version and whose index is not made again yet. */
async function withoutLines(
  { all }: Statements,
  ids: string[],
  found: Map<string, Row>,
): Promise<Map<string, string[]>> {
  const missing = ids.filter((id) => (found.get(id)?.facets ?? null) === null);
  if (missing.length === 0) return new Map();
  const rows = await all("SELECT * FROM book WHERE id IN (?)", [missing]);
  return new Map(rows.map(bookOf).map((book) => [book.id, facetLines(book)]));
}
