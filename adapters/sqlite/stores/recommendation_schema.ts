/** Acts by reader and book, books by feature, and packed neighbour lists, each with its projection version. */
export const RECOMMENDATION_SCHEMA = `
  CREATE TABLE interaction (
    version INTEGER NOT NULL, reader TEXT NOT NULL, book TEXT NOT NULL, kind TEXT NOT NULL, stars INTEGER NOT NULL, time INTEGER NOT NULL,
    PRIMARY KEY (version, reader, book, kind)
  ) WITHOUT ROWID;
  CREATE TABLE reader_search (
    version INTEGER NOT NULL, reader TEXT NOT NULL, normal TEXT NOT NULL, query TEXT NOT NULL, books TEXT NOT NULL, time INTEGER NOT NULL,
    PRIMARY KEY (version, reader, normal)
  ) WITHOUT ROWID;
  CREATE TABLE known_book (
    version INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, authors TEXT NOT NULL, subjects TEXT NOT NULL, year INTEGER, language TEXT,
    popularity INTEGER NOT NULL, book_version INTEGER NOT NULL, removed INTEGER NOT NULL, readers INTEGER NOT NULL,
    PRIMARY KEY (version, id)
  ) WITHOUT ROWID;
  CREATE TABLE neighbour_list (
    version INTEGER NOT NULL, book TEXT NOT NULL, readers INTEGER NOT NULL, neighbours TEXT NOT NULL, PRIMARY KEY (version, book)
  ) WITHOUT ROWID;
  CREATE INDEX known_popular ON known_book (version, removed, readers DESC, popularity DESC, id);
  CREATE TABLE feature (
    version INTEGER NOT NULL, feature TEXT NOT NULL, popularity INTEGER NOT NULL, book TEXT NOT NULL,
    PRIMARY KEY (version, feature, popularity DESC, book)
  ) WITHOUT ROWID;
  CREATE TABLE change_mark (
    mark INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, UNIQUE (version, kind, id)
  );
  CREATE TABLE erased_reader (reader TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
`;

/** A mark that is set again keeps its `turn`. Marks of lists are `late`: they are processed after all others. */
export const MARK_TIMES = `
  ALTER TABLE change_mark RENAME COLUMN mark TO turn;
  ALTER TABLE change_mark ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE change_mark ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
  UPDATE change_mark SET late = 1 WHERE kind = 'list';
`;

/** Marks all lists, as they were computed with other settings. The engine recomputes them when it has nothing else to do. */
export const REFRESH_ALL_LISTS = `
  INSERT OR IGNORE INTO change_mark (version, kind, id, late) SELECT version, 'list', book, 1 FROM neighbour_list;
`;

/** How often the lists of a version were written, so that caches know when to read them again. */
export const LIST_WRITES = `
  CREATE TABLE list_write (version INTEGER PRIMARY KEY, times INTEGER NOT NULL);
`;

/** Which lists were written at each `list_write.times`, so that caches know which ones to read again. */
export const LIST_CHANGES = `
  CREATE TABLE list_change (version INTEGER NOT NULL, times INTEGER NOT NULL, books TEXT NOT NULL, PRIMARY KEY (version, times)) WITHOUT ROWID;
`;

/** An index for the marks of the engine's next round, which would be sorted each time otherwise. */
export const NEXT_MARKS = `
  CREATE INDEX next_marks ON change_mark (version, late, turn);
`;

/** The series and the work of a book. Existing books get them with their next event. */
export const BOOK_WORK = `
  ALTER TABLE known_book ADD COLUMN series TEXT;
  ALTER TABLE known_book ADD COLUMN work TEXT;
`;

/** Marks the list of recent choices (book ''), which stores from before this step do not have. */
export const LATELY_LIST = `
  INSERT OR IGNORE INTO change_mark (version, kind, id, late) SELECT DISTINCT version, 'list', '', 1 FROM neighbour_list;
`;

/** The settings chosen by `tune`, by the first projection version that uses them. */
export const VERSION_SETTINGS = `
  CREATE TABLE recommendation_setting (version INTEGER PRIMARY KEY, time INTEGER NOT NULL, setting TEXT NOT NULL);
`;
