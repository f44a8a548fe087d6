import { SHARDS } from "@/application/messaging/outbox/shards.ts";
import { ID, NAME, NOW, TABLE } from "@/adapters/mysql/messaging_schema.ts";
import type { Migration } from "@/adapters/mysql/migrate.ts";

const WORD = "VARBINARY(512) NOT NULL";

/** Books, the words and filters that they are found by, readers' own lists, accepted acts, and the outbox. */
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

/** Ids of acts are found by their age, to be purged. */
export const ACT_ID_AGE: string[] = ["ALTER TABLE act_id ADD KEY act_id_time (time)"];

/** When a row was added, in milliseconds since 1970 by the server's clock. Rows from before this step count as added now. */
export const OUTBOX_ADDED: string[] = [
  `ALTER TABLE outbox ADD COLUMN added BIGINT NOT NULL DEFAULT ${NOW}`,
];

/** The version in which a book was removed: a new book with its id gets the next version. */
export const REMOVED_BOOK: string[] = [
  `CREATE TABLE IF NOT EXISTS removed_book (id ${ID} PRIMARY KEY, version INT NOT NULL) ${TABLE}`,
];

/** Ids of commands are found by their age, to be purged. */
export const INBOX_AGE: string[] = [
  `ALTER TABLE inbox ADD COLUMN time BIGINT NOT NULL DEFAULT ${NOW}, ADD KEY inbox_time (time)`,
];

/** The outbox by shard (as `shardOf` says), with the size of each row. */
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

/** Messages of a transaction in a row for each shard; `waiting` of them, the last ones, are still to be sent. */
export const OUTBOX_PACKS: string[] = [packTable("outbox_pack")];

/**
 * Packs are rows of the outbox itself, so that one row of numbers has the order of all. The rename waits for transactions that add
 * packs; a process of the version before that comes later is refused. A deployment that never had a relay has none of that version.
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

/** Idempotency keys of requests with the stored answers. */
export const IDEMPOTENCY_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS idempotency_key (
     \`key\` ${NAME} PRIMARY KEY, request ${NAME}, owner ${NAME}, until BIGINT NOT NULL, taken BIGINT NOT NULL, answer LONGTEXT,
     KEY idempotency_key_taken (taken)
   ) ${TABLE}`,
];

/**
 * What processes of a deployment have agreed on. Readers' cookies from before this step have no signature: where there were any,
 * they are taken for as long as such a cookie lives.
 */
export const DEPLOYMENT: string[] = [
  `CREATE TABLE IF NOT EXISTS deployment (name ${NAME} PRIMARY KEY, value VARCHAR(256) CHARACTER SET ascii NOT NULL) ${TABLE}`,
  `INSERT IGNORE INTO deployment (name, value)
     SELECT 'unsigned-cookies-until', ${NOW} + 366 * 86400000 FROM DUAL WHERE EXISTS (SELECT 1 FROM book)`,
];

/** Readers' lists are found by book, to be tidied when one is removed. */
export const READER_BOOK_BY_BOOK = ["CREATE INDEX reader_book_book ON reader_book (book)"];

/**
 * What search reads: the books of each word, the most popular first (priority is the popularity below zero), what is compared of each
 * book, and the words in the order in which they came. Filters are of another normal form than before. A database with books has its index rebuilt, in steps: `index_work` says so.
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

/** Fields of a book that no statement asks for, as JSON. */
export const BOOK_MORE = ["ALTER TABLE book ADD COLUMN more MEDIUMTEXT"];

/** Filters are found by book, to be counted. */
export const FACET_BY_BOOK = ["CREATE INDEX facet_book ON facet (book, kind, value)"];

/**
 * How popular acts make books: rows that wait to be added up, their sum, and what books are sorted by. Books that readers keep already
 * get what such an act is worth.
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

/** Books are found by their works too. A database with books has its index rebuilt, in steps, in which search goes on. */
export const WORKS: string[] = [
  `INSERT INTO index_work (id, priority, book) SELECT 1, -9007199254740991, '' FROM book LIMIT 1
     ON DUPLICATE KEY UPDATE priority = VALUES(priority), book = VALUES(book)`,
];

/**
 * A book's filters in one text, to be counted: an index of them by book is as large as the table. A database with books has its index
 * made again, in steps, in which search and counts go on.
 */
export const FACETS_OF_BOOK: string[] = [
  "ALTER TABLE search_document ADD COLUMN facets MEDIUMTEXT",
  "ALTER TABLE facet DROP KEY facet_book",
  ...WORKS,
];

/** A page of the newest or oldest books is read by an index, not sorted out of all books. */
export const BOOK_BY_YEAR: string[] = [
  "ALTER TABLE book DROP KEY book_year, ADD KEY book_newest (year DESC, id), ADD KEY book_oldest (year, id)",
];

/** Whether a reader wants to be left out of what is counted. */
export const UNCOUNTED = ["ALTER TABLE reader_book ADD COLUMN uncounted TINYINT NOT NULL DEFAULT 0"];
