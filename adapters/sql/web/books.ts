import type { Book } from "@/domain/catalog/book.ts";
import { isAcronymToken } from "@/domain/catalog/search/acronym.ts";
import { facetsOf, titleKey, tokensOf } from "@/domain/catalog/found_by.ts";
import { documentText } from "@/domain/catalog/search/search_document.ts";
import type { Books } from "@/application/catalog/ports.ts";
import { replaceBy } from "@/adapters/sql/dialect.ts";
import { allOf, inOrder } from "@/adapters/sql/lists.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { appealOf } from "./popularity.ts";
import { facetLines } from "@/adapters/sql/web/search/facet_counts.ts";
import { type Flush, readOnce } from "./read_once.ts";
import { bookOf, moreOf } from "./rows.ts";
import { addWords, type StoredWords } from "@/adapters/sql/web/search/words.ts";

/**
 * The catalogue inside a transaction. Each book is read once, and `flush` writes all changes in few statements (an identity map
 * and a unit of work, as in Fowler's "Patterns of Enterprise Application Architecture"). `committed` is called after the commit.
 */
export function createBooks(
  statements: Statements,
  storedWords: StoredWords,
): Books & Flush & { committed(): void } {
  const read = (sql: string, keys: string[]) => allOf(statements, sql, [], keys);
  const stored = readOnce<Book>(async (ids) =>
    (await read("SELECT * FROM book WHERE id IN (?)", ids)).map(bookOf).map((book) => [book.id, book])
  );
  const removed = readOnce<number>(async (ids) =>
    (await read("SELECT * FROM removed_book WHERE id IN (?)", ids)).map((row) => [String(row.id), Number(row.version)])
  );
  const owners = readOnce<string>(async (isbns) =>
    (await read("SELECT * FROM isbn WHERE isbn13 IN (?)", isbns)).map((row) => [String(row.isbn13), String(row.book)])
  );
  /** Changed books that are not written yet; undefined for a removed one. */
  const wanted = new Map<string, Book | undefined>();
  const words = new Set<string>();
  const get = async (id: string) => wanted.has(id) ? wanted.get(id) : await stored.get(id);

  async function change(id: string, after: Book | undefined): Promise<void> {
    const before = await get(id);
    if (before?.isbn13 !== undefined) owners.set(before.isbn13, undefined);
    if (after?.isbn13 !== undefined) owners.set(after.isbn13, id);
    wanted.set(id, after);
  }

  return {
    async lockAndPrefetch(books) {
      const ids = [...new Set(books.flatMap(({ id }) => id ?? []))];
      // A connection runs statements in the order in which they are sent, so the rows are read under the locks.
      await allDone([
        () => statements.dialect.lockKeys(statements, ids),
        () => stored.prefetch(ids),
        () => removed.prefetch(ids),
        () => owners.prefetch(books.flatMap(({ isbn13 }) => isbn13 ?? [])),
      ]);
    },
    get,
    withIsbn: owners.get,
    save: (book) => change(book.id, book),
    async remove({ id, version }) {
      await change(id, undefined);
      removed.set(id, version + 1);
    },
    removedAt: async (id) => await removed.get(id) ?? 0,
    async flush() {
      if (wanted.size === 0) return;
      const changes: Change[] = [];
      for (const [id, after] of wanted) {
        changes.push({ id, before: await stored.get(id), after });
        stored.set(id, after);
      }
      wanted.clear();
      for (const word of spellableWords(changes.flatMap(({ after }) => after ?? []))) words.add(word);
      await writeBooks(statements, changes, { removedAt: removed.get, words, storedWords });
    },
    committed: () => storedWords.add(words),
  };
}

/** `words`: of the changed books. */
type Written = {
  removedAt: (id: string) => Promise<number | undefined>;
  words: Set<string>;
  storedWords: StoredWords;
};
type Change = { id: string; before: Book | undefined; after: Book | undefined };

/** The index tables of books. `columns`: the primary key. `rowsOf`: the rows of a book, without its id. */
const FOUND_BY: { table: string; columns: string[]; rowsOf: (book: Book) => Value[][] }[] = [
  {
    table: "posting",
    columns: ["token", "priority", "book"],
    rowsOf: (book) => tokensOf(book).map((token) => [token, -book.popularity]),
  },
  {
    table: "facet",
    columns: ["kind", "value", "book"],
    // Two names may have the same normal form.
    rowsOf: (
      book,
    ) => [...new Map(facetsOf(book).map(({ kind, value }) => [`${kind} ${value}`, [kind, value]])).values()],
  },
  { table: "isbn", columns: ["isbn13", "book"], rowsOf: ({ isbn13 }) => isbn13 === undefined ? [] : [[isbn13]] },
];

/** Writes changed books and their index rows, each table in the order of its key. */
async function writeBooks(
  statements: Statements,
  changes: Change[],
  { removedAt, words, storedWords }: Written,
): Promise<void> {
  const books = changes.flatMap(({ after }) => after ?? []);
  await allDone([
    ...FOUND_BY.map((table) => () => writeFoundBys(statements, table, changes)),
    () => writeDocuments(statements, books),
    () => addWords(statements, words, storedWords),
    () => writeRows(statements, books),
    () => removeRows(statements, changes.flatMap(({ id, after }) => after === undefined ? [id] : []), removedAt),
  ]);
}

/**
 * Runs all works concurrently, so that the rows of one table are built while another table is written. Settles only when all have
 * ended, so that none writes after the transaction. Rejects with the first error.
 */
async function allDone(works: (() => Promise<void>)[]): Promise<void> {
  const ends = await Promise.allSettled(works.map((work) => work()));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

async function writeFoundBys(
  statements: Statements,
  { table, columns, rowsOf }: (typeof FOUND_BY)[number],
  changes: Change[],
): Promise<void> {
  const { gone, fresh } = difference(changes, rowsOf);
  await statements.dialect.deleteRows(statements, table, columns, inOrder(gone, columns.length));
  await statements.runRows(`INSERT INTO ${table} (${columns.join(", ")}) VALUES ?`, inOrder(fresh, columns.length));
}

async function writeRows({ dialect, runRows }: Statements, books: Book[]): Promise<void> {
  const rows = books.map(columnsOf);
  if (rows.length === 0) return;
  const names = Object.keys(rows[0]!);
  const appeal = `appeal = ${appealOf(dialect.given("popularity"), "acts")}`;
  const replaced = `${replaceBy(dialect, names.slice(1).filter((name) => name !== "appeal"))}, ${appeal}`;
  const sql = `INSERT INTO book (${names.join(", ")}) VALUES ? ${replaced}`;
  await runRows(sql, rows.map((row) => Object.values(row)));
}

async function removeRows(
  { dialect, run, runRows }: Statements,
  ids: string[],
  removedAt: (id: string) => Promise<number | undefined>,
): Promise<void> {
  const gone = ids.sort();
  if (gone.length === 0) return;
  const versions: Value[][] = [];
  for (const id of gone) versions.push([id, await removedAt(id) ?? 0]);
  await run("DELETE FROM search_document WHERE book IN (?)", [gone]);
  await run("DELETE FROM book WHERE id IN (?)", [gone]);
  await runRows(`INSERT INTO removed_book (id, version) VALUES ? ${replaceBy(dialect, ["version"])}`, versions);
}

/** The words that typo correction may suggest. */
const spellableWords = (books: Book[]) => new Set(books.flatMap(tokensOf).filter((token) => !isAcronymToken(token)));

/** Writes the search documents and facet lines of books. */
async function writeDocuments(statements: Statements, books: Book[]): Promise<void> {
  const rows = books.map((book) => [book.id, book.popularity, documentText(book), facetLines(book).join("\n")]);
  const replace = replaceBy(statements.dialect, ["popularity", "document", "facets"]);
  await statements.runRows(
    `INSERT INTO search_document (book, popularity, document, facets) VALUES ? ${replace}`,
    inOrder(rows, 1),
  );
}

/**
 * Adds the missing index rows of books, and writes their search documents again. Existing rows stay. The caller has locked the books
 * before it read them.
 */
export async function writeFoundBy(statements: Statements, books: Book[]): Promise<void> {
  for (const { table, columns, rowsOf } of FOUND_BY) {
    const rows = books.flatMap((book) => rowsOf(book).map((row) => [...row, book.id]));
    const ignore = statements.dialect.ignore(columns[0]!);
    await statements.runRows(
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES ? ${ignore}`,
      inOrder(rows, columns.length),
    );
  }
  await writeDocuments(statements, books);
  await addWords(statements, spellableWords(books));
}

/** The rows to delete from an index table, and to insert into it. */
function difference(changes: Change[], rowsOf: (book: Book) => Value[][]): { gone: Value[][]; fresh: Value[][] } {
  const [gone, fresh]: [Value[][], Value[][]] = [[], []];
  for (const { id, before, after } of changes) {
    if (before === undefined) {
      if (after !== undefined) { for (const row of rowsOf(after)) fresh.push([...row, id]); }
      continue;
    }
    const [old, next] = [before, after].map((book) =>
      new Map((book === undefined ? [] : rowsOf(book)).map((row) => [row.join("\n"), [...row, id]]))
    ) as [Map<string, Value[]>, Map<string, Value[]>];
    for (const [name, row] of old) if (!next.has(name)) gone.push(row);
    for (const [name, row] of next) if (!old.has(name)) fresh.push(row);
  }
  return { gone, fresh };
}

/** The row of a book by column, its id first. */
const columnsOf = (book: Book): Record<string, Value> => ({
  id: book.id,
  title: book.title,
  title_key: titleKey(book.title),
  authors: JSON.stringify(book.authors),
  subjects: JSON.stringify(book.subjects),
  year: book.year ?? null,
  language: book.language ?? null,
  isbn13: book.isbn13 ?? null,
  description: book.description ?? null,
  popularity: book.popularity,
  appeal: book.popularity,
  version: book.version,
  more: moreOf(book),
});
