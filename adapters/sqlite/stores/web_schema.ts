import type { DatabaseSync } from "node:sqlite";
import { shardOf } from "@/application/messaging/outbox/shards.ts";

/** Books, the words and filters that they are found by, readers' own lists, accepted acts, and the outbox. */
export const WEB_SCHEMA = `
  CREATE TABLE book (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, title_key TEXT NOT NULL, authors TEXT NOT NULL, subjects TEXT NOT NULL,
    year INTEGER, language TEXT, isbn13 TEXT UNIQUE, description TEXT, popularity INTEGER NOT NULL, version INTEGER NOT NULL
  );
  CREATE INDEX book_title ON book (title_key, id);
  CREATE INDEX book_popularity ON book (popularity DESC, id);
  CREATE INDEX book_year ON book (year, id);
  CREATE TABLE posting (token TEXT NOT NULL, book TEXT NOT NULL, PRIMARY KEY (token, book)) WITHOUT ROWID;
  CREATE TABLE facet (kind TEXT NOT NULL, value TEXT NOT NULL, book TEXT NOT NULL, PRIMARY KEY (kind, value, book)) WITHOUT ROWID;

  CREATE TABLE act_id (id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE reader_book (
    reader TEXT NOT NULL, book TEXT NOT NULL, shelf TEXT, rating INTEGER, dismissed INTEGER NOT NULL, time INTEGER NOT NULL,
    PRIMARY KEY (reader, book)
  ) WITHOUT ROWID;
  CREATE TABLE erased_reader (reader TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;

  CREATE TABLE inbox (consumer TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (consumer, id)) WITHOUT ROWID;
  CREATE TABLE outbox (row INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key BLOB, headers TEXT NOT NULL, value BLOB);
`;

/** Ids of acts are found by their age, to be purged. */
export const ACT_ID_AGE = "CREATE INDEX act_id_time ON act_id (time);";

/** When a row was added, in milliseconds since 1970. Rows from before this step count as added now. */
export const OUTBOX_ADDED =
  "ALTER TABLE outbox ADD COLUMN added INTEGER NOT NULL DEFAULT 0; UPDATE outbox SET added = unixepoch() * 1000;";

/** The version in which a book was removed: a new book with its id gets the next version. */
export const REMOVED_BOOK = "CREATE TABLE removed_book (id TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;";

/** Readers' lists are found by book, to be tidied when one is removed. */
export const READER_BOOK_BY_BOOK = "CREATE INDEX reader_book_book ON reader_book (book);";

/** Ids of commands are found by their age, to be purged. */
export const INBOX_AGE = `
  ALTER TABLE inbox ADD COLUMN time INTEGER NOT NULL DEFAULT 0;
  UPDATE inbox SET time = unixepoch() * 1000;
  CREATE INDEX inbox_time ON inbox (time);
`;

/** The outbox by shard, with the size of each row. */
export function outboxShards(connection: DatabaseSync): void {
  connection.exec(`
    ALTER TABLE outbox ADD COLUMN shard INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE outbox ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
    UPDATE outbox SET bytes = length(headers) + coalesce(length(value), 0);
  `);
  const set = connection.prepare("UPDATE outbox SET shard = ? WHERE row = ?");
  for (const { row, key } of connection.prepare("SELECT row, key FROM outbox").all()) {
    set.run(shardOf(key as Uint8Array | null), row!);
  }
  connection.exec("CREATE INDEX outbox_shard ON outbox (shard, row, bytes)");
}

/** Messages of a transaction in a row for each shard; `waiting` of them, the last ones, are still to be sent. */
export const OUTBOX_PACKS = `
  CREATE TABLE outbox_pack (
    row INTEGER PRIMARY KEY AUTOINCREMENT, shard INTEGER NOT NULL, waiting INTEGER NOT NULL, bytes INTEGER NOT NULL,
    added INTEGER NOT NULL, pack BLOB NOT NULL
  );
`;

/**
 * Packs are rows of the outbox itself, so that one row of numbers has the order of all. A deployment that never had a relay has none
 * of a version before packs.
 */
export const PACKS_IN_OUTBOX = `
  ALTER TABLE outbox ADD COLUMN waiting INTEGER NOT NULL DEFAULT 1;
  INSERT INTO outbox (topic, headers, value, waiting, shard, bytes, added)
    SELECT '', '', pack, waiting, shard, bytes, added FROM outbox_pack ORDER BY row;
  DROP TABLE outbox_pack;
  INSERT INTO deployment (name, value)
    SELECT 'outbox-packs', 'on' WHERE NOT EXISTS (SELECT 1 FROM lease WHERE name LIKE 'relay%');
`;

/** Which book has an ISBN. A unique column of `book` would fail where one book takes an ISBN before another's row gives it up. */
export const ISBN = `
  CREATE TABLE isbn (isbn13 TEXT PRIMARY KEY, book TEXT NOT NULL) WITHOUT ROWID;
  INSERT INTO isbn (isbn13, book) SELECT isbn13, id FROM book WHERE isbn13 IS NOT NULL;
  CREATE TABLE next_book (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, title_key TEXT NOT NULL, authors TEXT NOT NULL, subjects TEXT NOT NULL,
    year INTEGER, language TEXT, isbn13 TEXT, description TEXT, popularity INTEGER NOT NULL, version INTEGER NOT NULL
  );
  INSERT INTO next_book SELECT * FROM book;
  DROP TABLE book;
  ALTER TABLE next_book RENAME TO book;
  CREATE INDEX book_title ON book (title_key, id);
  CREATE INDEX book_popularity ON book (popularity DESC, id);
  CREATE INDEX book_year ON book (year, id);
`;

/**
 * What processes of a deployment have agreed on. Readers' cookies from before this step have no signature: where there were any,
 * they are taken for as long as such a cookie lives.
 */
export const DEPLOYMENT = `
  CREATE TABLE deployment (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  INSERT INTO deployment (name, value)
    SELECT 'unsigned-cookies-until', CAST((unixepoch() + 366 * 86400) * 1000 AS TEXT) WHERE EXISTS (SELECT 1 FROM book);
`;

/** Idempotency keys of requests with the stored answers. */
export const IDEMPOTENCY_SCHEMA = `
  CREATE TABLE idempotency_key (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, owner TEXT NOT NULL, until INTEGER NOT NULL, taken INTEGER NOT NULL, answer TEXT
  );
  CREATE INDEX idempotency_key_taken ON idempotency_key (taken);
`;

/**
 * What search reads: the books of each word, the most popular first (priority is the popularity below zero), what is compared of each
 * book, and the words in the order in which they came. Filters are of another normal form than before. A file with books has its index rebuilt, in steps: `index_work` says so.
 */
export const SEARCH_INDEX = `
  DROP TABLE posting;
  CREATE TABLE posting (
    token TEXT NOT NULL, priority INTEGER NOT NULL, book TEXT NOT NULL, PRIMARY KEY (token, priority, book)
  ) WITHOUT ROWID;
  CREATE TABLE search_document (book TEXT PRIMARY KEY, popularity INTEGER NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE word (number INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT NOT NULL UNIQUE);
  CREATE TABLE index_work (id INTEGER PRIMARY KEY, priority INTEGER NOT NULL, book TEXT NOT NULL);
  DELETE FROM facet;
  INSERT INTO index_work (id, priority, book) SELECT 1, -9007199254740991, '' WHERE EXISTS (SELECT 1 FROM book);
`;

/** Fields of a book that no statement asks for, as JSON. */
export const BOOK_MORE = "ALTER TABLE book ADD COLUMN more TEXT;";

/** Filters are found by book, to be counted. */
export const FACET_BY_BOOK = "CREATE INDEX facet_book ON facet (book, kind, value);";

/**
 * How popular acts make books: rows that wait to be added up, their sum, and what books are sorted by. Books that readers keep already
 * get what such an act is worth.
 */
export const POPULARITY = `
  CREATE TABLE book_act (number INTEGER PRIMARY KEY AUTOINCREMENT, book TEXT NOT NULL, points INTEGER NOT NULL);
  ALTER TABLE book ADD COLUMN acts INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE book ADD COLUMN appeal INTEGER NOT NULL DEFAULT 0;
  UPDATE book SET appeal = popularity;
  CREATE INDEX book_appeal ON book (appeal DESC, id);
  ALTER TABLE search_document ADD COLUMN acts INTEGER NOT NULL DEFAULT 0;
  INSERT INTO book_act (book, points)
    SELECT book, 5 * COUNT(*) FROM reader_book WHERE dismissed = 0 AND (shelf IS NOT NULL OR rating >= 3) GROUP BY book;
`;

/** Books are found by their works too. A file with books has its index rebuilt, in steps, in which search goes on. */
export const WORKS = `
  INSERT INTO index_work (id, priority, book) SELECT 1, -9007199254740991, '' WHERE EXISTS (SELECT 1 FROM book)
    ON CONFLICT DO UPDATE SET priority = excluded.priority, book = excluded.book;
`;

/**
 * A book's filters in one text, to be counted: an index of them by book is as large as the table. A file with books has its index made
 * again, in steps, in which search and counts go on.
 */
export const FACETS_OF_BOOK = `
  DROP INDEX facet_book;
  ALTER TABLE search_document ADD COLUMN facets TEXT;
  INSERT INTO index_work (id, priority, book) SELECT 1, -9007199254740991, '' WHERE EXISTS (SELECT 1 FROM book)
    ON CONFLICT DO UPDATE SET priority = excluded.priority, book = excluded.book;
`;

/** Whether a reader wants to be left out of what is counted. */
export const UNCOUNTED = "ALTER TABLE reader_book ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;";

/** The size of each row's messages in the index too: behind a pack in the table, it is read only with all of the pack's pages. */
export const OUTBOX_WAITING =
  "DROP INDEX outbox_shard; CREATE INDEX outbox_shard ON outbox (shard, row, bytes, waiting);";

/** A page of the newest or oldest books is read by an index, not sorted out of all books. */
export const BOOK_BY_YEAR = `
  DROP INDEX book_year;
  CREATE INDEX book_newest ON book (year DESC, id);
  CREATE INDEX book_oldest ON book (year, id);
`;
