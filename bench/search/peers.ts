/** What a database finds by its own full text search, without anything of ours: the baselines of search. */
import { createConnection } from "mysql2";
import { DatabaseSync } from "node:sqlite";
import type { Book } from "@/domain/catalog/book.ts";
import type { Engine } from "@/tests/quality/search/measure.ts";

type Peer = Engine & { close(): Promise<void> };

const wordsOf = (query: string): string[] => query.match(/[\p{L}\p{N}]+/gu) ?? [];
const textOf = ({ title, authors, subjects }: Book): [string, string, string] => [
  title,
  authors.join(" "),
  subjects.join(" "),
];

/** FTS5 with `bm25`: all words, the last one as a beginning. */
export function openFts5(books: Book[]): Peer {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE VIRTUAL TABLE book USING fts5(id UNINDEXED, title, authors, subjects, prefix = '2 3')");
  const insert = database.prepare("INSERT INTO book VALUES (?, ?, ?, ?)");
  database.exec("BEGIN");
  for (const book of books) insert.run(book.id, ...textOf(book));
  database.exec("COMMIT");
  const select = database.prepare("SELECT id FROM book WHERE book MATCH ? ORDER BY bm25(book, 0, 3, 2, 1) LIMIT 10");
  return {
    name: "FTS5 bm25",
    find(query) {
      const words = wordsOf(query).map((word) => `"${word}"`);
      if (words.length === 0) return Promise.resolve([]);
      return Promise.resolve(select.all(`${words.join(" ")}*`).map(({ id }) => String(id)));
    },
    close: () => Promise.resolve(database.close()),
  };
}

const ROWS = 1_000;

/** FULLTEXT in boolean mode, by relevance: all words, the last one as a beginning. `name`: of a database of its own. */
export async function openFulltext(url: string, name: string, books: Book[]): Promise<Peer> {
  const connection = await createConnection(url);
  await connection.query("CREATE DATABASE ??", [name]);
  await connection.query("USE ??", [name]);
  await connection.query(
    "CREATE TABLE book (id VARCHAR(64) PRIMARY KEY, title TEXT, authors TEXT, subjects TEXT, FULLTEXT (title, authors, subjects)) " +
      "CHARACTER SET utf8mb4",
  );
  for (let at = 0; at < books.length; at += ROWS) {
    const rows = books.slice(at, at + ROWS).map((book) => [book.id, ...textOf(book)]);
    await connection.query("INSERT INTO book (id, title, authors, subjects) VALUES ?", [rows]);
  }
  const match = "MATCH (title, authors, subjects) AGAINST (? IN BOOLEAN MODE)";
  return {
    name: "FULLTEXT",
    async find(query) {
      const words = wordsOf(query).map((word) => `+${word}`);
      if (words.length === 0) return [];
      const wanted = `${words.join(" ")}*`;
      const sql = `SELECT id FROM book WHERE ${match} ORDER BY ${match} DESC LIMIT 10`;
      const [rows] = await connection.query(sql, [wanted, wanted]);
      return (rows as { id: string }[]).map(({ id }) => id);
    },
    async close() {
      await connection.query("DROP DATABASE ??", [name]);
      await connection.end();
    },
  };
}
