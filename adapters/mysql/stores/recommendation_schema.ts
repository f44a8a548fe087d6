import { ID, TABLE } from "@/adapters/mysql/messaging_schema.ts";

const KIND = "VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";
const WORD = "VARBINARY(1024) NOT NULL";

/** Acts by reader and book, books by feature, and packed neighbour lists, each with its projection version. */
export const RECOMMENDATION_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS interaction (
     version INT NOT NULL, reader ${ID}, book ${ID}, kind ${KIND}, stars INT NOT NULL, time BIGINT NOT NULL,
     PRIMARY KEY (version, reader, book, kind)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS reader_search (
     version INT NOT NULL, reader ${ID}, normal ${WORD}, query TEXT NOT NULL, books TEXT NOT NULL, time BIGINT NOT NULL,
     PRIMARY KEY (version, reader, normal)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS known_book (
     version INT NOT NULL, id ${ID}, title TEXT NOT NULL, authors MEDIUMTEXT NOT NULL, subjects MEDIUMTEXT NOT NULL, year INT,
     language VARCHAR(64), popularity BIGINT NOT NULL, book_version INT NOT NULL, removed TINYINT NOT NULL, readers INT NOT NULL,
     PRIMARY KEY (version, id), KEY known_popular (version, removed, readers DESC, popularity DESC, id)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS neighbour_list (
     version INT NOT NULL, book ${ID}, readers INT NOT NULL, neighbours MEDIUMTEXT NOT NULL, PRIMARY KEY (version, book)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS feature (
     version INT NOT NULL, feature ${WORD}, book ${ID}, popularity BIGINT NOT NULL, PRIMARY KEY (version, feature, book),
     KEY feature_popular (version, feature, popularity DESC, book)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS change_mark (
     version INT NOT NULL, kind ${KIND}, id ${ID}, late TINYINT NOT NULL, turn BIGINT NOT NULL AUTO_INCREMENT, times INT NOT NULL,
     PRIMARY KEY (version, kind, id), UNIQUE KEY turn (turn), KEY next_marks (version, late, turn)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS erased_reader (reader ${ID} PRIMARY KEY, time BIGINT NOT NULL) ${TABLE}`,
];

/** Marks all lists, as they were computed with other settings. The engine recomputes them when it has nothing else to do. */
export const REFRESH_ALL_LISTS: string[] = [
  `INSERT IGNORE INTO change_mark (version, kind, id, late, times) SELECT version, 'list', book, 1, 1 FROM neighbour_list`,
];

/** How often the lists of a version were written, so that caches know when to read them again. */
export const LIST_WRITES: string[] = [
  `CREATE TABLE IF NOT EXISTS list_write (version INT NOT NULL PRIMARY KEY, times BIGINT NOT NULL) ${TABLE}`,
];

/** Which lists were written at each `list_write.times`, so that caches know which ones to read again. */
export const LIST_CHANGES: string[] = [
  `CREATE TABLE IF NOT EXISTS list_change (
     version INT NOT NULL, times BIGINT NOT NULL, books MEDIUMTEXT NOT NULL, PRIMARY KEY (version, times)
   ) ${TABLE}`,
];

/** The series and the work of a book. Existing books get them with their next event. */
export const BOOK_WORK: string[] = ["ALTER TABLE known_book ADD COLUMN series TEXT, ADD COLUMN work TEXT"];

/** Marks the list of recent choices (book ''), which stores from before this step do not have. */
export const LATELY_LIST: string[] = [
  `INSERT IGNORE INTO change_mark (version, kind, id, late, times) SELECT DISTINCT version, 'list', '', 1, 1 FROM neighbour_list`,
];

/** The settings chosen by `tune`, by the first projection version that uses them. */
export const VERSION_SETTINGS: string[] = [
  `CREATE TABLE IF NOT EXISTS recommendation_setting (
     version INT NOT NULL PRIMARY KEY, time BIGINT NOT NULL, setting TEXT NOT NULL
   ) ${TABLE}`,
];
