import { booksToWalk } from "@/domain/catalog/candidate_walk.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import { readDocument, type SearchDocument } from "@/domain/catalog/search_document.ts";
import type { BookSearch, CandidateQuery } from "@/application/catalog/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { facetValues, hasFacet } from "./book_shelf.ts";
import { findMatches } from "./matches.ts";
import type { Words } from "./words.ts";
import { hasWord, wordValue } from "./words_of_book.ts";

/** Ends the range of all words with a common start. */
const LAST_CHARACTER = "\u{10ffff}";
const COUNT = "SELECT ? AS place, COUNT(*) AS n FROM (SELECT 1 AS one FROM posting WHERE token = ? LIMIT ?) AS some";
const COUNT_RANGE =
  "SELECT ? AS place, COUNT(*) AS n FROM (SELECT 1 AS one FROM posting WHERE token >= ? AND token < ? LIMIT ?) AS some";
const DOCUMENTS = "SELECT book, popularity, acts, document FROM search_document WHERE book IN (?)";

/** Search over postings, which stand by word and popularity, so that the most popular books of a word are read first. */
export function createBookSearch(statements: Statements, words: Words): BookSearch {
  const { all, allEach } = statements;
  return {
    async counts(counted, most) {
      const numbered = counted.map((word, at) => ({ ...word, at }));
      const whole = numbered.filter(({ prefix }) => !prefix).map(({ text, at }) => [at, text, most]);
      const begun = numbered.filter(({ prefix }) => prefix).map((
        { text, at },
      ) => [at, text, text + LAST_CHARACTER, most]);
      const rows = [...await allEach(COUNT, whole), ...await allEach(COUNT_RANGE, begun)];
      const counts = counted.map(() => 0);
      for (const { place, n } of rows) counts[Number(place)] = Number(n);
      return counts;
    },
    async wordsFrom(start, most) {
      const sql = "SELECT word FROM word WHERE word >= ? AND word < ? ORDER BY word LIMIT ?";
      return (await all(sql, [start, start + LAST_CHARACTER, most])).map(({ word }) => String(word));
    },
    wordsLike: words.like,
    async candidates(query) {
      const { titled, facets, most } = query;
      const found = await Promise.all([
        most === 0 ? [] : popularIds(statements, query),
        titled === undefined ? [] : titledIds(statements, titled, facets),
      ]);
      return await documentsOf(statements, [...new Set(found.flat())]);
    },
    matches: (query) => findMatches(statements, query),
    documents: (ids) => documentsOf(statements, ids),
  };
}

/** In pieces, so that a store in this process gives way to other work between them. */
async function documentsOf(statements: Statements, ids: string[]): Promise<SearchDocument[]> {
  const rows = await allOf(statements, DOCUMENTS, [], ids);
  return rows.map(({ book, document, popularity, acts }) =>
    readDocument(String(book), { popularity: Number(popularity), acts: Number(acts) }, String(document))
  );
}

async function popularIds(statements: Statements, query: CandidateQuery): Promise<string[]> {
  const { groups: [driver, ...others], facets, most } = query;
  const isWide = driver !== undefined && driver.length > 1 && others.length === 0 && facets.length === 0;
  if (isWide && !await hasFewRows(statements, driver)) return await popularOfWords(statements, driver, most);
  const { sql, values } = popularBooks(query);
  return (await statements.all(sql, values)).map(({ book }) => String(book));
}

/** Rows that are sorted in less time than the words are asked for one by one. */
const MAX_SORTED = 1_000;
const COUNT_ROWS = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM posting WHERE token IN (?) LIMIT ?) AS some";
const hasFewRows = async ({ get }: Statements, words: string[]): Promise<boolean> =>
  Number((await get(COUNT_ROWS, [words, MAX_SORTED]))?.n) < MAX_SORTED;

const POPULAR_OF_WORD =
  "SELECT ? AS place, priority, book FROM posting WHERE token = ? ORDER BY priority, book LIMIT ?";
/** Rows of each word that are read at first, for how many are wanted of all words. */
const MIN_FIRST = 4;
const TIMES_SHARE = 2;

/**
 * The most popular books of several words. Each word's index gives its books in order: a few of each are read first, and more of
 * those words only whose last one is still among the most popular of all.
 */
async function popularOfWords({ allEach }: Statements, words: string[], most: number): Promise<string[]> {
  const share = Math.max(MIN_FIRST, Math.ceil(TIMES_SHARE * most / words.length));
  const few = Math.min(most, share);
  const first = await allEach(POPULAR_OF_WORD, words.map((word, at) => [at, word, few]));
  const read = words.map((): Row[] => []);
  for (const row of first) read[Number(row.place)]!.push(row);
  const last = sortPopular(first)[most - 1];
  const open = words.keys().filter((at) => {
    const rows = read[at]!;
    return few < most && rows.length === few && (last === undefined || byPriority(rows.at(-1)!, last) < 0);
  }).toArray();
  const more = await allEach(POPULAR_OF_WORD, open.map((at) => [at, words[at]!, most]));
  const found = open.length === 0 ? first : [...first, ...more];
  return sortPopular(found).slice(0, most).map(({ book }) => String(book));
}

const byPriority = (a: Row, b: Row): number =>
  Number(a.priority) - Number(b.priority) || (String(a.book) < String(b.book) ? -1 : a.book === b.book ? 0 : 1);

/** Each book once, the most popular first. */
const sortPopular = (rows: Row[]): Row[] =>
  [...new Map(rows.map((row) => [String(row.book), row])).values()].sort(byPriority);

type Statement = { sql: string; values: Value[] };

/**
 * Walks the books of the first group from the most popular on, and looks up the other groups of each. A scalar subquery is never
 * turned into a join, whose order the server would choose.
 */
function popularBooks({ groups: [driver, ...others], facets, most }: CandidateQuery): Statement {
  if (driver === undefined) return popularOfAll(facets, most);
  const single = driver.length === 1;
  const walked = single
    ? "(SELECT priority, book FROM posting WHERE token = ? ORDER BY priority, book LIMIT ?) AS walked"
    : "(SELECT DISTINCT priority, book FROM posting WHERE token IN (?) ORDER BY priority, book LIMIT ?) AS walked";
  const where = [
    ...others.map((group) => hasWord(group, "walked.priority", "walked.book")),
    ...facets.map((one) => hasFacet(one, "walked.book")),
  ];
  return {
    sql: `SELECT book FROM ${walked} ${
      where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`
    } ORDER BY priority, book LIMIT ?`,
    values: [
      single ? driver[0]! : driver,
      where.length === 0 ? most : booksToWalk(others, facets),
      ...others.map(wordValue),
      ...facetValues(facets),
      most,
    ],
  };
}

const popularOfAll = (facets: Facet[], most: number): Statement => ({
  sql: `SELECT id AS book FROM book ${
    facets.length === 0 ? "" : `WHERE ${facets.map((one) => hasFacet(one, "book.id")).join(" AND ")}`
  } ORDER BY popularity DESC, id LIMIT ?`,
  values: [...facetValues(facets), most],
});

async function titledIds(
  { all }: Statements,
  { start, most }: NonNullable<CandidateQuery["titled"]>,
  facets: Facet[],
): Promise<string[]> {
  const where = ["title_key >= ?", "title_key < ?", ...facets.map((one) => hasFacet(one, "book.id"))];
  const rows = await all(
    `SELECT id FROM book WHERE ${where.join(" AND ")} ORDER BY title_key, id LIMIT ?`,
    [start, start + LAST_CHARACTER, ...facetValues(facets), most],
  );
  return rows.map(({ id }) => String(id));
}
