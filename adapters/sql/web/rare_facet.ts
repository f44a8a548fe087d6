import type { Facet } from "@/domain/catalog/found_by.ts";
import type { Condition, Statements } from "@/adapters/sql/statements.ts";

/** A filter or a group of words with fewer books than this is read whole: of all others many would be looked at for each book that has it. */
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
  return await countRows(statements, "posting", hasOne(words), least) < least ? undefined : rare;
}

/** The groups of words, first the one with the fewest books if they are few. The books that have a word of each group are the same. */
export async function rarestFirst(statements: Statements, groups: string[][]): Promise<string[][]> {
  if (groups.length < 2) return groups;
  let least = MAX_RARE;
  let rare: string[] | undefined;
  // A count ends where it reaches the least one, so those that are soon at their end come first.
  for (const words of groups.toSorted((a, b) => a.length - b.length)) {
    const count = await countRows(statements, "posting", hasOne(words), least);
    if (count < least) [least, rare] = [count, words];
  }
  return rare === undefined ? groups : [rare, ...groups.filter((words) => words !== rare)];
}

/** The rows of `posting` of one of the words. */
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
