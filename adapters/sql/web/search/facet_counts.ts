import { type Facet, facetsOf } from "@/domain/catalog/found_by.ts";
import type { Book } from "@/domain/catalog/book.ts";
import type { FacetCount } from "@/application/catalog/ports.ts";
import { listPieces } from "@/adapters/sql/lists.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { bookOf } from "@/adapters/sql/web/rows.ts";

/** The distinct facets of a book without its work, as lines of kind and value. */
export const facetLines = (book: Book): string[] => [
  ...new Set(facetsOf(book).flatMap(({ kind, value }) => kind === "work" ? [] : [`${kind} ${value}`])),
];

/** Counts the facets of the books, by the facet lines in their search documents. `book`: one of the books with the facet. */
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

/** The facet lines of books whose search document is from an earlier version and not indexed again yet. */
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
