import { EVERY_WINDOW } from "@/adapters/sql/trend/candidates.ts";
import { firstBars, isAbove } from "@/adapters/sql/trend/first_bars.ts";
import { SCORE_COLUMN } from "@/adapters/sql/trend/rows.ts";
import { weekOf } from "@/domain/trend/vote_weeks.ts";
import { ID, NOW, TABLE } from "@/adapters/mysql/messaging_schema.ts";
import type { Migration } from "@/adapters/mysql/migrate.ts";
import { NOTE_EVERY_WEEK, partitionsFrom } from "@/adapters/mysql/vote_weeks.ts";

const columns = Object.values(SCORE_COLUMN);
const KEY = "VARBINARY(1024) NOT NULL";
const KIND = "VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";

/** Every projection table has a version, so that a rebuild can fill a new one beside the live one. */
export const TREND_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS vote (
     version INT NOT NULL, subject ${KIND}, \`key\` ${KEY}, hour INT NOT NULL, reader ${ID}, kind ${KIND},
     time BIGINT NOT NULL, weight INT NOT NULL, PRIMARY KEY (version, subject, \`key\`, hour, reader, kind),
     KEY vote_reader (version, reader, hour)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS bucket (
     version INT NOT NULL, subject ${KIND}, \`key\` ${KEY}, start BIGINT NOT NULL, kind ${KIND},
     count BIGINT NOT NULL, weight BIGINT NOT NULL, PRIMARY KEY (version, subject, \`key\`, start, kind)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS score (
     version INT NOT NULL, subject ${KIND}, \`key\` ${KEY}, ${
    columns.map((name) => `${name} DOUBLE NOT NULL`).join(", ")
  },
     PRIMARY KEY (version, subject, \`key\`),
     ${columns.map((name) => `KEY score_${name} (version, subject, ${name} DESC, \`key\`)`).join(", ")}
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS shown_book (
     version INT NOT NULL, id ${ID}, title TEXT NOT NULL, authors MEDIUMTEXT NOT NULL, book_version INT NOT NULL, removed TINYINT NOT NULL,
     PRIMARY KEY (version, id)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS shown_query (
     version INT NOT NULL, \`key\` ${KEY}, query TEXT NOT NULL, books TEXT NOT NULL, time BIGINT NOT NULL, PRIMARY KEY (version, \`key\`)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS erased_reader (reader ${ID} PRIMARY KEY, time BIGINT NOT NULL) ${TABLE}`,
];

/** When a vote was stored (`noted`), which may be long after its event. */
export const VOTE_AGE: string[] = [
  `ALTER TABLE vote ADD COLUMN noted BIGINT NOT NULL DEFAULT ${NOW}`,
];

/** The client that sent a vote, and the reader's spelling of a query. */
export const VOTE_ORIGIN: string[] = [
  "ALTER TABLE vote ADD COLUMN client VARBINARY(256), ADD COLUMN spelling TEXT",
];

/** When books were removed. Those removed before this step get the time of this step. */
export const BOOK_REMOVAL: string[] = [
  `CREATE TABLE IF NOT EXISTS book_removal (
     version INT NOT NULL, id ${ID}, book_version INT NOT NULL, time BIGINT NOT NULL, PRIMARY KEY (version, id)
   ) ${TABLE}`,
  `INSERT IGNORE INTO book_removal (version, id, book_version, time)
     SELECT version, id, book_version, ${NOW} FROM shown_book WHERE removed = 1`,
];

/** An index of buckets by time, the works and subjects of books, and the settings chosen by `tune`. The highest number is in force. */
export const TREND_PAST: string[] = [
  "ALTER TABLE bucket ADD KEY bucket_start (version, subject, start)",
  "ALTER TABLE shown_book ADD COLUMN work VARBINARY(256), ADD COLUMN subjects MEDIUMTEXT",
  `CREATE TABLE IF NOT EXISTS trend_setting (number INT PRIMARY KEY, time BIGINT NOT NULL, setting TEXT NOT NULL) ${TABLE}`,
];

/**
 * Marks candidates for lists by a bar per window. They replace the indexes of scores, which each vote rewrote. The default is for
 * processes of the previous version.
 */
export const SCORE_CANDIDATES: string[] = [
  `CREATE TABLE IF NOT EXISTS score_bar (
     version INT NOT NULL, subject ${KIND}, ${columns.map((name) => `${name} DOUBLE NOT NULL`).join(", ")},
     PRIMARY KEY (version, subject)
   ) ${TABLE}`,
  "DELETE FROM score_bar",
  firstBars,
  "ALTER TABLE score ADD COLUMN candidate TINYINT NOT NULL DEFAULT 0",
  `UPDATE score JOIN score_bar AS bar ON bar.version = score.version AND bar.subject = score.subject
     SET candidate = ${isAbove} WHERE ${isAbove} > 0`,
  `ALTER TABLE score ALTER COLUMN candidate SET DEFAULT ${EVERY_WINDOW}`,
  `ALTER TABLE score ${columns.map((name) => `DROP KEY score_${name}`).join(", ")},
     ADD KEY score_candidate (version, subject, candidate)`,
];

/** How many past weeks get a partition of their own, about as many as votes are kept. */
const WEEKS_BEFORE = 14;

/** Partitions votes by week, and records until when votes of a week were stored late. */
export const VOTE_WEEKS: Migration = [
  `CREATE TABLE IF NOT EXISTS late_vote (week INT PRIMARY KEY, noted BIGINT NOT NULL) ${TABLE}`,
  NOTE_EVERY_WEEK,
  (now) => `ALTER TABLE vote PARTITION BY RANGE (hour) (${partitionsFrom(weekOf(now) - WEEKS_BEFORE, now)})`,
];
