import type { Facet } from "@/domain/catalog/found_by.ts";
import type { Condition, Statements } from "@/adapters/sql/statements.ts";

/** A filter of fewer books than this is read whole: of all others many would be looked at for each book that has it. */
const MAX_RARE = 4_000;

/** The books of a filter, which SQLite reads first by this form of the join. A book may come more than once by the keys of a work. */
export const BOOKS_OF_FACET = "facet AS walked CROSS JOIN book ON book.id = walked.book";

/** The rows of a filter, as `walked`. */
export const facetRows = ({ kind, value }: Facet): Condition =>
  kind === "work"
    ? { sql: "walked.kind = ? AND walked.value IN (?)", values: [kind, value.split(" ")] }
    : { sql: "walked.kind = ? AND walked.value = ?", values: [kind, value] };

/** The filter with the fewest books, if they are few, and fewer than those of the words. */
export async function rareFacet(
  statements: Statements,
  facets: Facet[],
  words?: string[],
): Promise<Facet | undefined> {
  let least = MAX_RARE;
  let rare: Facet | undefined;
  for (const facet of facets) {
    const count = await countRows(statements, "facet AS walked", facetRows(facet), least);
    if (count < least) [least, rare] = [count, facet];
  }
  if (rare === undefined || words === undefined) return rare;
  return await countRows(statements, "posting", { sql: "token IN (?)", values: [words] }, least) < least
    ? undefined
    : rare;
}

async function countRows(
  { get }: Statements,
  from: string,
  { sql, values }: Condition,
  most: number,
): Promise<number> {
  const some = `(SELECT 1 AS one FROM ${from} WHERE ${sql} LIMIT ?) AS some`;
  return Number((await get(`SELECT COUNT(*) AS n FROM ${some}`, [...values, most]))!.n);
}
