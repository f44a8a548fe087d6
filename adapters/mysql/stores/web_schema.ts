import { SHARDS } from "@/application/messaging/outbox/shards.ts";
import { ID, NAME, NOW, TABLE } from "@/adapters/mysql/messaging_schema.ts";
import type { Migration } from "@/adapters/mysql/migrate.ts";

const WORD = "VARBINARY(512) NOT NULL";

/** Books with their search index and filters, readers' lists, accepted acts, and the outbox. */
export const WEB_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS book (
     id ${ID} PRIMARY KEY, title TEXT NOT NULL, title_key ${WORD}, authors MEDIUMTEXT NOT NULL, subjects MEDIUMTEXT NOT NULL,
     year INT, language VARCHAR(64), isbn13 CHAR(13), description MEDIUMTEXT, popularity BIGINT NOT NULL, version INT NOT NULL,
     KEY book_title (title_key, id), KEY book_popularity (popularity DESC, id), KEY book_year (year, id)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS isbn (isbn13 CHAR(13) CHARACTER SET ascii NOT NULL PRIMARY KEY, book ${ID}) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS posting (token ${ID}, book ${ID}, PRIMARY KEY (token, book)) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS facet (
     kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, value ${WORD}, book ${ID}, PRIMARY KEY (kind, value, book)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS act_id (id ${ID} PRIMARY KEY, fingerprint ${ID}, time BIGINT NOT NULL) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS reader_book (
     reader ${ID}, book ${ID}, shelf VARCHAR(16) CHARACTER SET ascii, rating INT, dismissed TINYINT NOT NULL, time BIGINT NOT NULL,
     PRIMARY KEY (reader, book)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS erased_reader (reader ${ID} PRIMARY KEY, time BIGINT NOT NULL) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS inbox (
     consumer VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, id ${ID}, PRIMARY KEY (consumer, id)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS outbox (
     \`row\` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, topic VARCHAR(249) CHARACTER SET ascii NOT NULL, \`key\` LONGBLOB,
     headers LONGTEXT NOT NULL, value LONGBLOB
   ) ${TABLE}`,
];

/** An index to purge ids of acts by age. */
export const ACT_ID_AGE: string[] = ["ALTER TABLE act_id ADD KEY act_id_time (time)"];

/** When a row was added, in milliseconds since 1970 by the server's clock. Existing rows count as added now. */
export const OUTBOX_ADDED: string[] = [
  `ALTER TABLE outbox ADD COLUMN added BIGINT NOT NULL DEFAULT ${NOW}`,
];

/** The version in which a book was removed: a new book with its id gets the next version. */
export const REMOVED_BOOK: string[] = [
  `CREATE TABLE IF NOT EXISTS removed_book (id ${ID} PRIMARY KEY, version INT NOT NULL) ${TABLE}`,
];

/** An index to purge ids of commands by age. */
export const INBOX_AGE: string[] = [
  `ALTER TABLE inbox ADD COLUMN time BIGINT NOT NULL DEFAULT ${NOW}, ADD KEY inbox_time (time)`,
];

/** Adds the shard (see `shardOf`) and the size of each outbox row. */
export const OUTBOX_SHARDS: string[] = [
  `ALTER TABLE outbox ADD COLUMN shard TINYINT NOT NULL DEFAULT 0, ADD COLUMN bytes INT NOT NULL DEFAULT 0,
     ADD KEY shard (shard, \`row\`, bytes)`,
  `UPDATE outbox SET shard = CRC32(COALESCE(\`key\`, '')) % ${SHARDS}, bytes = LENGTH(headers) + COALESCE(LENGTH(value), 0)
     WHERE bytes = 0`,
];

const packTable = (name: string) =>
  `CREATE TABLE IF NOT EXISTS ${name} (
     \`row\` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, shard TINYINT NOT NULL, waiting INT NOT NULL, bytes INT NOT NULL,
     added BIGINT NOT NULL DEFAULT ${NOW}, pack LONGBLOB NOT NULL
   ) ${TABLE}`;

/** One row holds all messages of a transaction for one shard. The last `waiting` of them are not sent yet. */
export const OUTBOX_PACKS: string[] = [packTable("outbox_pack")];

/**
 * Moves packs into the outbox itself, so that one sequence orders all rows. The rename waits for transactions that add packs, and
 * later ones of the previous version fail. A deployment without a relay's lease never ran that version, so packs are switched on.
 */
export const PACKS_IN_OUTBOX: Migration = [
  "RENAME TABLE outbox_pack TO outbox_pack_old",
  packTable("outbox_pack_old"),
  "ALTER TABLE outbox ADD COLUMN waiting INT NOT NULL DEFAULT 1",
  [
    `INSERT INTO outbox (topic, headers, value, waiting, shard, bytes, added)
       SELECT '', '', pack, waiting, shard, bytes, added FROM outbox_pack_old ORDER BY \`row\``,
    "DELETE FROM outbox_pack_old",
  ],
  "DROP TABLE outbox_pack_old",
  `INSERT IGNORE INTO deployment (name, value)
     SELECT 'outbox-packs', 'on' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM lease WHERE name LIKE 'relay%')`,
];

/** Idempotency keys of requests, with their stored responses. */
export const IDEMPOTENCY_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS idempotency_key (
     \`key\` ${NAME} PRIMARY KEY, request ${NAME}, owner ${NAME}, until BIGINT NOT NULL, taken BIGINT NOT NULL, answer LONGTEXT,
     KEY idempotency_key_taken (taken)
   ) ${TABLE}`,
];

/**
 * Settings that all processes of a deployment share. Cookies from before this step have no signature. A deployment with books
 * accepts them for the lifetime of a cookie.
 */
export const DEPLOYMENT: string[] = [
  `CREATE TABLE IF NOT EXISTS deployment (name ${NAME} PRIMARY KEY, value VARCHAR(256) CHARACTER SET ascii NOT NULL) ${TABLE}`,
  `INSERT IGNORE INTO deployment (name, value)
     SELECT 'unsigned-cookies-until', ${NOW} + 366 * 86400000 FROM DUAL WHERE EXISTS (SELECT 1 FROM book)`,
];

/** An index of readers' lists by book, to clean them up when a book is removed. */
export const READER_BOOK_BY_BOOK = ["CREATE INDEX reader_book_book ON reader_book (book)"];

/**
 * The search index: the books of each word by priority (the negated popularity), the document of each book, and the vocabulary.
 * Filters get a new normal form. `index_work` makes a database with books rebuild its index in steps.
 */
export const SEARCH_INDEX: string[] = [
  "DROP TABLE IF EXISTS posting",
  "TRUNCATE TABLE facet",
  `CREATE TABLE posting (
     token ${ID}, priority BIGINT NOT NULL, book ${ID}, PRIMARY KEY (token, priority, book)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS search_document (
     book ${ID} PRIMARY KEY, popularity BIGINT NOT NULL, document MEDIUMTEXT NOT NULL
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS word (
     number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, word ${ID}, UNIQUE KEY word_word (word)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS index_work (id INT NOT NULL PRIMARY KEY, priority BIGINT NOT NULL, book ${ID}) ${TABLE}`,
  `INSERT IGNORE INTO index_work (id, priority, book)
     SELECT 1, -9007199254740991, '' FROM book LIMIT 1`,
];

/** Fields of a book that no statement filters or sorts by, as JSON. */
export const BOOK_MORE = ["ALTER TABLE book ADD COLUMN more MEDIUMTEXT"];

/** An index of filters by book, to count facets. */
export const FACET_BY_BOOK = ["CREATE INDEX facet_book ON facet (book, kind, value)"];

/**
 * Popularity by acts: rows in `book_act` are added up into `acts`, and books are sorted by `appeal`. Books on readers' lists start
 * with the points of those acts.
 */
export const POPULARITY: string[] = [
  `CREATE TABLE IF NOT EXISTS book_act (
     number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, book ${ID}, points BIGINT NOT NULL
   ) ${TABLE}`,
  `ALTER TABLE book ADD COLUMN acts BIGINT NOT NULL DEFAULT 0, ADD COLUMN appeal BIGINT NOT NULL DEFAULT 0,
     ADD KEY book_appeal (appeal DESC, id)`,
  "UPDATE book SET appeal = popularity",
  "ALTER TABLE search_document ADD COLUMN acts BIGINT NOT NULL DEFAULT 0",
  "DELETE FROM book_act",
  `INSERT INTO book_act (book, points)
     SELECT book, 5 * COUNT(*) FROM reader_book WHERE dismissed = 0 AND (shelf IS NOT NULL OR rating >= 3) GROUP BY book`,
];

/** Rebuilds the index in steps, so that books are also found by their works. Search goes on meanwhile. */
export const WORKS: string[] = [
  `INSERT INTO index_work (id, priority, book) SELECT 1, -9007199254740991, '' FROM book LIMIT 1
     ON DUPLICATE KEY UPDATE priority = VALUES(priority), book = VALUES(book)`,
];

/**
 * Stores a book's filters in one text for facet counts: an index by book would be as large as the table. The search index is
 * rebuilt in steps. Search and counts go on meanwhile.
 */
export const FACETS_OF_BOOK: string[] = [
  "ALTER TABLE search_document ADD COLUMN facets MEDIUMTEXT",
  "ALTER TABLE facet DROP KEY facet_book",
  ...WORKS,
];

/** Indexes that give a page of the newest or oldest books without sorting all books. */
export const BOOK_BY_YEAR: string[] = [
  "ALTER TABLE book DROP KEY book_year, ADD KEY book_newest (year DESC, id), ADD KEY book_oldest (year, id)",
];

/** Whether a reader has opted out of being counted. */
export const UNCOUNTED = ["ALTER TABLE reader_book ADD COLUMN uncounted TINYINT NOT NULL DEFAULT 0"];
