import type { Book } from "@/domain/catalog/book.ts";
import { facetsOf, titleKey, tokensOf } from "@/domain/catalog/found_by.ts";
import { bookOf } from "@/adapters/sql/web_rows.ts";
import type { Books } from "@/application/catalog/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { lockKeys } from "./key_locks.ts";

const COLUMNS = [
  ...["id", "title", "title_key", "authors", "subjects", "year", "language", "isbn13", "description", "popularity"],
  "version",
];
const UPSERT = `INSERT INTO book (${COLUMNS.join(", ")}) VALUES ? ON DUPLICATE KEY UPDATE ${
  COLUMNS.slice(1).map((name) => `${name} = VALUES(${name})`).join(", ")
}`;

/** Writes what the transaction has changed; without it nothing is stored. */
export type Flush = { flush(): Promise<void> };

/**
 * The catalogue over one transaction's statements: a book is read once, and what is changed is written together by `flush`
 * (an identity map and a unit of work, as in Fowler's "Patterns of Enterprise Application Architecture").
 */
export function createBooks(statements: Statements): Books & Flush {
  /** Books as they are stored, and as they are to be. */
  const stored = new Map<string, Book | undefined>();
  const wanted = new Map<string, Book | undefined>();
  const owners = new Map<string, string | undefined>();
  const removed = new Map<string, number>();

  async function read(ids: string[]): Promise<void> {
    const rows = await allOf(statements, "SELECT * FROM book WHERE id IN (?)", [], ids);
    for (const id of ids) stored.set(id, undefined);
    for (const book of rows.map(bookOf)) stored.set(book.id, book);
    const missing = ids.filter((id) => stored.get(id) === undefined);
    for (const row of await allOf(statements, "SELECT * FROM removed_book WHERE id IN (?)", [], missing)) {
      removed.set(String(row.id), Number(row.version));
    }
  }

  async function readOwners(isbns: string[]): Promise<void> {
    const rows = await allOf(statements, "SELECT * FROM isbn WHERE isbn13 IN (?)", [], isbns);
    for (const isbn of isbns) owners.set(isbn, undefined);
    for (const row of rows) owners.set(String(row.isbn13), String(row.book));
  }

  async function get(id: string): Promise<Book | undefined> {
    if (wanted.has(id)) return wanted.get(id);
    if (!stored.has(id)) await read([id]);
    return stored.get(id);
  }

  async function change(id: string, after: Book | undefined): Promise<void> {
    const before = await get(id);
    if (before?.isbn13 !== undefined) owners.set(before.isbn13, undefined);
    if (after?.isbn13 !== undefined) owners.set(after.isbn13, id);
    wanted.set(id, after);
  }

  return {
    async expect(books) {
      const ids = books.flatMap(({ id }) => id ?? []);
      await lockKeys(statements, ids);
      await read([...new Set(ids)]);
      await readOwners([...new Set(books.flatMap(({ isbn13 }) => isbn13 ?? []))]);
    },
    get,
    async withIsbn(isbn13) {
      if (!owners.has(isbn13)) await readOwners([isbn13]);
      return owners.get(isbn13);
    },
    save: (book) => change(book.id, book),
    async remove({ id, version }) {
      await change(id, undefined);
      removed.set(id, version + 1);
    },
    async removedAt(id) {
      if (!stored.has(id)) await read([id]);
      return removed.get(id) ?? 0;
    },
    async flush() {
      const changed = [...wanted].map(([id, after]) => ({ id, before: stored.get(id), after }));
      for (const [id, after] of wanted) stored.set(id, after);
      wanted.clear();
      await replace(statements, "posting", "token, book", changed, (book) => tokensOf(book).map((token) => [token]));
      await replace(
        statements,
        "facet",
        "kind, value, book",
        changed,
        (book) => facetsOf(book).map(({ kind, value }) => [kind, value]),
      );
      await replace(
        statements,
        "isbn",
        "isbn13, book",
        changed,
        (book) => book.isbn13 === undefined ? [] : [[book.isbn13]],
      );
      const gone = changed.flatMap(({ id, after }) => after === undefined ? [id] : []);
      if (gone.length > 0) await statements.run("DELETE FROM book WHERE id IN (?)", [gone]);
      await statements.runRows(
        "INSERT INTO removed_book (id, version) VALUES ? ON DUPLICATE KEY UPDATE version = VALUES(version)",
        gone.toSorted().map((id) => [id, removed.get(id)!]),
      );
      await statements.runRows(UPSERT, changed.flatMap(({ after }) => after === undefined ? [] : [rowOf(after)]));
    },
  };
}

const rowOf = (book: Book): Value[] => [
  ...[book.id, book.title, titleKey(book.title), JSON.stringify(book.authors), JSON.stringify(book.subjects)],
  ...[book.year ?? null, book.language ?? null, book.isbn13 ?? null, book.description ?? null, book.popularity],
  book.version,
];

type Change = { id: string; before: Book | undefined; after: Book | undefined };

/** Brings the rows that a book is found by from what they were to what they are to be: `columns` end in the book's id. */
async function replace(
  statements: Statements,
  table: string,
  columns: string,
  changes: Change[],
  rowsOf: (book: Book) => string[][],
): Promise<void> {
  const [gone, fresh]: [string[][], string[][]] = [[], []];
  for (const { id, before, after } of changes) {
    const [old, next] = [named(before, rowsOf), named(after, rowsOf)];
    for (const [name, row] of old) if (!next.has(name)) gone.push([...row, id]);
    for (const [name, row] of next) if (!old.has(name)) fresh.push([...row, id]);
  }
  if (gone.length > 0) await statements.run(`DELETE FROM ${table} WHERE (${columns}) IN (?)`, [gone]);
  await statements.runRows(`INSERT INTO ${table} (${columns}) VALUES ?`, fresh.sort(byColumns));
}

const named = (book: Book | undefined, rowsOf: (book: Book) => string[][]): Map<string, string[]> =>
  new Map(book === undefined ? [] : rowsOf(book).map((row) => [JSON.stringify(row), row]));

/** In the order of the primary key, so that transactions lock rows in one order. */
const byColumns = (a: string[], b: string[]): number => {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
};
