import type { Match, MatchQuery } from "@/application/catalog/ports.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { facetValues, hasFacet } from "./book_shelf.ts";
import { hasWord, wordValue } from "./words_of_book.ts";

/** `repeats`: a book may come more than once. */
type Walk = { repeats?: boolean; from: string; values: Value[]; priority: string; book: string };

/** Matching books in the order of what is walked: the words of the first group, else the first facet, else all books. */
export async function findMatches({ all }: Statements, query: MatchQuery): Promise<Match[]> {
  const { groups: [driver, ...others], facets, most, after } = query;
  const walk = driver !== undefined ? byWord(driver) : facets.length > 0 ? byFacet(query) : ALL_BOOKS;
  const byPriority = walk.priority !== "0";
  const where = [
    ...(after === undefined
      ? []
      : byPriority
      ? [`${walk.priority} >= ?`, `(${walk.priority} > ? OR ${walk.book} > ?)`]
      : [`${walk.book} > ?`]),
    ...others.map((group) => hasWord(group, walk.priority, walk.book)),
    ...facets.map((one) => hasFacet(one, walk.book)),
  ];
  const order = byPriority ? `${walk.priority}, ${walk.book}` : walk.book;
  const rows = await all(
    `SELECT ${
      walk.repeats === true ? "DISTINCT" : ""
    } ${walk.book} AS book, ${walk.priority} AS priority FROM ${walk.from}
     ${where.length === 0 ? "" : `AND ${where.join(" AND ")}`} ORDER BY ${order} LIMIT ?`,
    [
      ...walk.values,
      ...(after === undefined ? [] : byPriority ? [after.priority, after.priority, after.id] : [after.id]),
      ...others.map(wordValue),
      ...facetValues(facets),
      most,
    ],
  );
  return rows.map(({ book, priority }) => ({ id: String(book), priority: Number(priority) }));
}

const byWord = (group: string[]): Walk => ({
  repeats: group.length > 1,
  from: `posting WHERE token ${group.length === 1 ? "= ?" : "IN (?)"}`,
  values: [wordValue(group)],
  priority: "posting.priority",
  book: "posting.book",
});
const byFacet = ({ facets: [first] }: MatchQuery): Walk => ({
  repeats: first!.kind === "work",
  from: `facet AS walked WHERE walked.kind = ? AND walked.value ${first!.kind === "work" ? "IN (?)" : "= ?"}`,
  values: facetValues([first!]),
  priority: "0",
  book: "walked.book",
});
const ALL_BOOKS: Walk = { from: "book WHERE 1 = 1", values: [], priority: "0", book: "book.id" };
