import type { DatabaseSync } from "node:sqlite";
import { shardOf } from "@/application/messaging/outbox/shards.ts";

/** Books with their search index and filters, readers' lists, accepted acts, and the outbox. */
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

/** An index to purge ids of acts by age. */
export const ACT_ID_AGE = "CREATE INDEX act_id_time ON act_id (time);";

/** When a row was added, in milliseconds since 1970. Existing rows count as added now. */
export const OUTBOX_ADDED =
  "ALTER TABLE outbox ADD COLUMN added INTEGER NOT NULL DEFAULT 0; UPDATE outbox SET added = unixepoch() * 1000;";

/** The version in which a book was removed: a new book with its id gets the next version. */
export const REMOVED_BOOK = "CREATE TABLE removed_book (id TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;";

/** An index of readers' lists by book, to clean them up when a book is removed. */
export const READER_BOOK_BY_BOOK = "CREATE INDEX reader_book_book ON reader_book (book);";

/** An index to purge ids of commands by age. */
export const INBOX_AGE = `
  ALTER TABLE inbox ADD COLUMN time INTEGER NOT NULL DEFAULT 0;
  UPDATE inbox SET time = unixepoch() * 1000;
  CREATE INDEX inbox_time ON inbox (time);
`;

/** Adds the shard and the size of each outbox row. */
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

/** One row holds all messages of a transaction for one shard. The last `waiting` of them are not sent yet. */
export const OUTBOX_PACKS = `
  CREATE TABLE outbox_pack (
    row INTEGER PRIMARY KEY AUTOINCREMENT, shard INTEGER NOT NULL, waiting INTEGER NOT NULL, bytes INTEGER NOT NULL,
    added INTEGER NOT NULL, pack BLOB NOT NULL
  );
`;

/**
 * Moves packs into the outbox itself, so that one sequence orders all rows. A deployment without a relay's lease never ran a version
 * before packs, so packs are switched on.
 */
export const PACKS_IN_OUTBOX = `
  ALTER TABLE outbox ADD COLUMN waiting INTEGER NOT NULL DEFAULT 1;
  INSERT INTO outbox (topic, headers, value, waiting, shard, bytes, added)
    SELECT '', '', pack, waiting, shard, bytes, added FROM outbox_pack ORDER BY row;
  DROP TABLE outbox_pack;
  INSERT INTO deployment (name, value)
    SELECT 'outbox-packs', 'on' WHERE NOT EXISTS (SELECT 1 FROM lease WHERE name LIKE 'relay%');
`;

/** Moves ISBNs to a table: a unique column of `book` would fail when one book takes an ISBN before another's row releases it. */
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
 * Settings that all processes of a deployment share. Cookies from before this step have no signature. A deployment with books
 * accepts them for the lifetime of a cookie.
 */
export const DEPLOYMENT = `
  CREATE TABLE deployment (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  INSERT INTO deployment (name, value)
    SELECT 'unsigned-cookies-until', CAST((unixepoch() + 366 * 86400) * 1000 AS TEXT) WHERE EXISTS (SELECT 1 FROM book);
`;

/** Idempotency keys of requests, with their stored responses. */
export const IDEMPOTENCY_SCHEMA = `
  CREATE TABLE idempotency_key (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, owner TEXT NOT NULL, until INTEGER NOT NULL, taken INTEGER NOT NULL, answer TEXT
  );
  CREATE INDEX idempotency_key_taken ON idempotency_key (taken);
`;

/**
 * The search index: the books of each word by priority (the negated popularity), the document of each book, and the vocabulary.
 * Filters get a new normal form. `index_work` makes a file with books rebuild its index in steps.
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

/** Fields of a book that no statement filters or sorts by, as JSON. */
export const BOOK_MORE = "ALTER TABLE book ADD COLUMN more TEXT;";

/** An index of filters by book, to count facets. */
export const FACET_BY_BOOK = "CREATE INDEX facet_book ON facet (book, kind, value);";

/**
 * Popularity by acts: rows in `book_act` are added up into `acts`, and books are sorted by `appeal`. Books on readers' lists start
 * with the points of those acts.
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

/** Rebuilds the index in steps, so that books are also found by their works. Search goes on meanwhile. */
export const WORKS = `
  INSERT INTO index_work (id, priority, book) SELECT 1, -9007199254740991, '' WHERE EXISTS (SELECT 1 FROM book)
    ON CONFLICT DO UPDATE SET priority = excluded.priority, book = excluded.book;
`;

/**
 * Stores a book's filters in one text for facet counts: an index by book would be as large as the table. The search index is
 * rebuilt in steps. Search and counts go on meanwhile.
 */
export const FACETS_OF_BOOK = `
  DROP INDEX facet_book;
  ALTER TABLE search_document ADD COLUMN facets TEXT;
  INSERT INTO index_work (id, priority, book) SELECT 1, -9007199254740991, '' WHERE EXISTS (SELECT 1 FROM book)
    ON CONFLICT DO UPDATE SET priority = excluded.priority, book = excluded.book;
`;

/** Whether a reader has opted out of being counted. */
export const UNCOUNTED = "ALTER TABLE reader_book ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;";

/** An index that covers `waiting` too: in the table the column comes after the pack, so reading it reads all pages of the pack. */
export const OUTBOX_WAITING =
  "DROP INDEX outbox_shard; CREATE INDEX outbox_shard ON outbox (shard, row, bytes, waiting);";

/** Indexes that give a page of the newest or oldest books without sorting all books. */
export const BOOK_BY_YEAR = `
  DROP INDEX book_year;
  CREATE INDEX book_newest ON book (year DESC, id);
  CREATE INDEX book_oldest ON book (year, id);
`;
