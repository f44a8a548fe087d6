import { booksToWalk } from "@/domain/catalog/search/candidate_walk.ts";
import type { Facet } from "@/domain/catalog/found_by.ts";
import { readDocument, type SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { BookSearch, CandidateQuery } from "@/application/catalog/ports.ts";
import type { Clock } from "@/application/ports.ts";
import { createTimeSlices } from "@/application/shared/concurrency/time_slices.ts";
import type { Dialect } from "@/adapters/sql/dialect.ts";
import { allOf, listPieces } from "@/adapters/sql/lists.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Condition, Statements } from "@/adapters/sql/statements.ts";
import { hasFacet, hasWord, valuesOf, whereAll } from "./conditions.ts";
import { findMatches } from "./matches.ts";
import { firstOfWords } from "./first_of_words.ts";
import { BOOKS_OF_FACET, facetRows, rareFacet } from "./rare_facet.ts";
import type { Words } from "./words.ts";

const NONE: ReadonlyMap<string, SearchDocument> = new Map();
/** Ends the range of all words with a common start. */
const LAST_CHARACTER = "\u{10ffff}";
const COUNT = "SELECT ? AS place, COUNT(*) AS n FROM (SELECT 1 AS one FROM posting WHERE token = ? LIMIT ?) AS some";
const COUNT_RANGE =
  "SELECT ? AS place, COUNT(*) AS n FROM (SELECT 1 AS one FROM posting WHERE token >= ? AND token < ? LIMIT ?) AS some";
const EXISTS = "SELECT ? AS place, 1 AS n FROM posting WHERE token = ? LIMIT ?";
const DOCUMENTS = "SELECT book, popularity, acts, document FROM search_document WHERE book IN (?)";

/** Search over postings, which stand by word and popularity, so that the most popular books of a word are read first. */
export function createBookSearch(statements: Statements, words: Words, clock: Clock): BookSearch {
  const { all, allEach } = statements;
  return {
    async counts(counted, most) {
      const numbered = counted.map((word, at) => ({ ...word, at }));
      const whole = numbered.filter(({ prefix }) => !prefix).map(({ text, at }) => [at, text, most]);
      const begun = numbered.filter(({ prefix }) => prefix).map((
        { text, at },
      ) => [at, text, text + LAST_CHARACTER, most]);
      // A server plans a row of a table in less than half the time of a count.
      const rows = await Promise.all([allEach(most === 1 ? EXISTS : COUNT, whole), allEach(COUNT_RANGE, begun)]);
      const counts = counted.map(() => 0);
      for (const { place, n } of rows.flat()) counts[Number(place)] = Number(n);
      return counts;
    },
    async wordsFrom(start, most) {
      const sql = "SELECT word FROM word WHERE word >= ? AND word < ? ORDER BY word LIMIT ?";
      return (await all(sql, [start, start + LAST_CHARACTER, most])).map(({ word }) => String(word));
    },
    wordsLike: words.like,
    wordsSounding: words.sounding,
    async candidates(query) {
      const { titled, facets, most, known = NONE } = query;
      const found = await Promise.all([
        most === 0 ? [] : popularIds(statements, query),
        titled === undefined ? [] : titledIds(statements, titled, facets),
      ]);
      const ids = [...new Set(found.flat())];
      const fresh = await documentsOf(statements, ids.filter((id) => !known.has(id)));
      return [...fresh, ...ids.flatMap((id) => known.get(id) ?? [])];
    },
    matches: (query) => findMatches(statements, query),
    documents: (ids) => documentsOf(statements, ids),
    giveWay: createTimeSlices(clock),
  };
}

/** In pieces, each read and parsed, so that a store in this process gives way to other work between them. */
async function documentsOf(statements: Statements, ids: string[]): Promise<SearchDocument[]> {
  const documents: SearchDocument[] = [];
  for (const some of listPieces(ids, statements.dialect)) {
    for (const row of await allOf(statements, DOCUMENTS, [], some)) documents.push(documentOf(row));
  }
  return documents;
}

const documentOf = ({ book, document, popularity, acts }: Row): SearchDocument =>
  readDocument(String(book), { popularity: Number(popularity), acts: Number(acts) }, String(document));

async function popularIds(statements: Statements, query: CandidateQuery): Promise<string[]> {
  const { groups: [driver, ...others], facets, most } = query;
  const isWide = driver !== undefined && driver.length > 1 && others.length === 0 && facets.length === 0;
  if (isWide && !await hasFewRows(statements, driver)) {
    return (await firstOfWords(statements, driver, most)).map(({ book }) => String(book));
  }
  if (driver === undefined) return await popularOfAll(statements, facets, most);
  const { sql, values } = popularBooks(statements.dialect, driver, query);
  return (await statements.all(sql, values)).map(({ book }) => String(book));
}

/** Rows that are sorted in less time than the words are asked for one by one. */
const MAX_SORTED = 1_000;
const COUNT_ROWS = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM posting WHERE token IN (?) LIMIT ?) AS some";
const hasFewRows = async ({ get }: Statements, words: string[]): Promise<boolean> =>
  Number((await get(COUNT_ROWS, [words, MAX_SORTED]))?.n) < MAX_SORTED;

/**
 * Walks the books of the first group from the most popular on, and looks up the other groups of each.
 */
function popularBooks(
  dialect: Dialect,
  driver: string[],
  { groups: [, ...others], facets, most }: CandidateQuery,
): Condition {
  const where = [
    ...others.map((group) => hasWord(dialect, group, "walked.priority", "walked.book")),
    ...facets.map((one) => hasFacet(one, "walked.book")),
  ];
  const walked = walkOf(dialect, driver, where.length === 0 ? most : booksToWalk(others, facets));
  return {
    sql: `SELECT book FROM (${walked.sql}) AS walked ${whereAll(where)} ORDER BY priority, book LIMIT ?`,
    values: [...walked.values, ...valuesOf(where), most],
  };
}

/** Words whose books are merged. Of more words the rows are sorted, as a statement has a limited number of parts. */
const MAX_MERGED = 100;
const OF_WORD = "SELECT priority, book FROM posting WHERE token = ?";

/** The most popular books that have one of the words. */
function walkOf(dialect: Dialect, words: string[], most: number): Condition {
  const order = "priority, book";
  if (words.length === 1) return { sql: `${OF_WORD} ORDER BY ${order} LIMIT ?`, values: [words[0]!, most] };
  if (words.length <= MAX_MERGED) {
    return dialect.firstOf(words.map((word) => ({ sql: OF_WORD, values: [word] })), order, most);
  }
  const sql = `SELECT DISTINCT ${order} FROM posting WHERE token IN (?) ORDER BY ${order} LIMIT ?`;
  return { sql, values: [words, most] };
}

/** The most popular books with the facets. */
async function popularOfAll(statements: Statements, facets: Facet[], most: number): Promise<string[]> {
  const { from, where } = await booksWith(statements, facets);
  const rows = await statements.all(
    `SELECT DISTINCT book.id AS book, book.popularity FROM ${from} ${
      whereAll(where)
    } ORDER BY book.popularity DESC, book.id LIMIT ?`,
    [...valuesOf(where), most],
  );
  return rows.map(({ book }) => String(book));
}

/** The books with the facets: those of a rare one, or any that have it. */
async function booksWith(statements: Statements, facets: Facet[]): Promise<{ from: string; where: Condition[] }> {
  const rare = await rareFacet(statements, facets);
  const have = facets.filter((one) => one !== rare).map((one) => hasFacet(one, "book.id"));
  return rare === undefined
    ? { from: "book", where: have }
    : { from: BOOKS_OF_FACET, where: [facetRows(rare), ...have] };
}

async function titledIds(
  statements: Statements,
  { start, most }: NonNullable<CandidateQuery["titled"]>,
  facets: Facet[],
): Promise<string[]> {
  const { from, where: having } = await booksWith(statements, facets);
  const where = [
    ...having,
    { sql: "book.title_key >= ? AND book.title_key < ?", values: [start, start + LAST_CHARACTER] },
  ];
  const sql = `SELECT DISTINCT book.id AS book, book.title_key FROM ${from} ${
    whereAll(where)
  } ORDER BY book.title_key, book.id LIMIT ?`;
  const rows = await statements.all(sql, [...valuesOf(where), most]);
  return rows.map(({ book }) => String(book));
}
