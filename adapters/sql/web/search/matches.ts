import type { Match, MatchQuery } from "@/application/catalog/ports.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Condition, Statements } from "@/adapters/sql/statements.ts";
import { hasFacet, hasWord, valuesOf, whereAll } from "./conditions.ts";
import { firstOfWords } from "./first_of_words.ts";
import { BOOKS_OF_FACET, facetRows, hasOne, rareFacet, rarestFirst } from "./rare_facet.ts";

/** The rows that drive a query. `repeats`: a book may have several rows. `of`: conditions on the rows. */
type Walk = { repeats?: boolean; from: string; of: Condition[]; priority: string; book: string };

/** Matching books by priority, then id. A rare facet, the rarest group of words, the first facet or all books drive the query. */
export async function findMatches(statements: Statements, query: MatchQuery): Promise<Match[]> {
  const { facets, most, after } = query;
  const { groups, rare } = await planOf(statements, query);
  const [driver, others] = rare === undefined ? [groups[0], groups.slice(1)] : [undefined, groups];
  const walk = rare !== undefined
    ? byRareFacet(rare)
    : driver !== undefined
    ? byWord(driver)
    : facets.length > 0
    ? byFacet(facets[0]!)
    : ALL_BOOKS;
  const byPriority = walk.priority !== "0";
  const where = [
    ...(after === undefined ? [] : byPriority
      ? [
        { sql: `${walk.priority} >= ?`, values: [after.priority] },
        { sql: `(${walk.priority} > ? OR ${walk.book} > ?)`, values: [after.priority, after.id] },
      ]
      : [{ sql: `${walk.book} > ?`, values: [after.id] }]),
    ...others.map((group) => hasWord(statements.dialect, group, walk.priority, walk.book)),
    ...facets.map((one) => hasFacet(one, walk.book)),
  ];
  const isMerged = driver !== undefined && driver.length > 1 &&
    driver.length * (1 + valuesOf(where).length) <= MAX_MERGED;
  const rows = isMerged
    ? await firstOfWords(statements, driver, most, where)
    : await walkRows(statements, walk, where, most);
  return rows.map(({ book, priority }) => ({ id: String(book), priority: Number(priority) }));
}

/** How a query is run: driven by the `rare` facet if there is one, else by the first of the groups. */
type Plan = { facets: Facet[]; groups: string[][]; rare: Facet | undefined };
/** Cached by the array of groups, which all pages of a query share. Every plan gives the same books in the same order. */
const plans = new WeakMap<string[][], Plan>();

async function planOf(statements: Statements, { groups, facets }: MatchQuery): Promise<Plan> {
  const known = plans.get(groups);
  if (known?.facets === facets) return known;
  const ordered = await rarestFirst(statements, groups);
  const rare = groups.length === 0 ? undefined : await rareFacet(statements, facets, ordered[0]);
  const plan = { facets, groups: ordered, rare };
  plans.set(groups, plan);
  return plan;
}

/** The maximum number of bound values for a merge by word. With more, the server would spend more time on planning than on reading. */
const MAX_MERGED = 512;

async function walkRows({ all }: Statements, walk: Walk, where: Condition[], most: number): Promise<Row[]> {
  const order = walk.priority === "0" ? walk.book : `${walk.priority}, ${walk.book}`;
  const conditions = [...walk.of, ...where];
  return await all(
    `SELECT ${walk.repeats === true ? "DISTINCT" : ""} ${walk.book} AS book, ${walk.priority} AS priority
     FROM ${walk.from} ${whereAll(conditions)} ORDER BY ${order} LIMIT ?`,
    [...valuesOf(conditions), most],
  );
}

const byWord = (group: string[]): Walk => ({
  repeats: group.length > 1,
  from: "posting",
  of: [hasOne(group)],
  priority: "posting.priority",
  book: "posting.book",
});
const byFacet = (facet: Facet): Walk => ({
  repeats: facet.kind === "work",
  from: "facet AS walked",
  of: [facetRows(facet)],
  priority: "0",
  book: "walked.book",
});
/** In the same order as the books of a word, so that a cursor is valid for both. */
const byRareFacet = (facet: Facet): Walk => ({
  ...byFacet(facet),
  from: BOOKS_OF_FACET,
  priority: "-book.popularity",
  book: "book.id",
});
const ALL_BOOKS: Walk = { from: "book", of: [], priority: "0", book: "book.id" };
