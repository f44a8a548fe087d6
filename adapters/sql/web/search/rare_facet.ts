import type { Facet } from "@/domain/catalog/found_by.ts";
import type { Condition, Statements } from "@/adapters/sql/statements.ts";

/** A facet or a group of words with fewer books than this drives the query: other plans would scan many books for each match. */
const MAX_RARE = 4_000;

/** The books of a facet. CROSS JOIN makes SQLite read the facet first. A book comes once for each matching key of a work. */
export const BOOKS_OF_FACET = "facet AS walked CROSS JOIN book ON book.id = walked.book";

/** The rows of a facet, in a table with the alias `walked`. */
export const facetRows = ({ kind, value }: Facet): Condition =>
  kind === "work"
    ? { sql: "walked.kind = ? AND walked.value IN (?)", values: [kind, value.split(" ")] }
    : { sql: "walked.kind = ? AND walked.value = ?", values: [kind, value] };

/** The facet with the fewest books, if it has fewer than MAX_RARE and no more than the words. */
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
  return await countRows(statements, "posting", hasOne(words), least) < least ? undefined : rare;
}

/** Moves the group of words with the fewest books to the front, if it has fewer than MAX_RARE. The order does not change the matches. */
export async function rarestFirst(statements: Statements, groups: string[][]): Promise<string[][]> {
  if (groups.length < 2) return groups;
  let least = MAX_RARE;
  let rare: string[] | undefined;
  // A count stops at the lowest one so far, so the groups that are quick to count come first.
  for (const words of groups.toSorted((a, b) => a.length - b.length)) {
    const count = await countRows(statements, "posting", hasOne(words), least);
    if (count < least) [least, rare] = [count, words];
  }
  return rare === undefined ? groups : [rare, ...groups.filter((words) => words !== rare)];
}

/** The rows of `posting` for any of the words. */
export const hasOne = (words: string[]): Condition =>
  words.length === 1 ? { sql: "token = ?", values: words } : { sql: "token IN (?)", values: [words] };

async function countRows(
  { get }: Statements,
  from: string,
  { sql, values }: Condition,
  most: number,
): Promise<number> {
  const some = `(SELECT 1 AS one FROM ${from} WHERE ${sql} LIMIT ?) AS some`;
  return Number((await get(`SELECT COUNT(*) AS n FROM ${some}`, [...values, most]))!.n);
}
