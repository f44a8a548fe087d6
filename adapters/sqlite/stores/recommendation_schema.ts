/** Rows per reader, book and act; books by their features; packed neighbour lists. Each with its projection version. */
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

/** A mark keeps its `turn` when it is set again; marks of lists are `late`, as their turn comes after all others. */
export const MARK_TIMES = `
  ALTER TABLE change_mark RENAME COLUMN mark TO turn;
  ALTER TABLE change_mark ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE change_mark ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
  UPDATE change_mark SET late = 1 WHERE kind = 'list';
`;

/** Lists that were made by other settings are made again: each is marked, for the engine to do when there is nothing else. */
export const REFRESH_ALL_LISTS = `
  INSERT OR IGNORE INTO change_mark (version, kind, id, late) SELECT version, 'list', book, 1 FROM neighbour_list;
`;

/** How often lists of a version were written, so that those who keep lists know when to read them again. */
export const LIST_WRITES = `
  CREATE TABLE list_write (version INTEGER PRIMARY KEY, times INTEGER NOT NULL);
`;

/** Which lists were written, by `list_write.times`, so that those who keep lists know which to read again. */
export const LIST_CHANGES = `
  CREATE TABLE list_change (version INTEGER NOT NULL, times INTEGER NOT NULL, books TEXT NOT NULL, PRIMARY KEY (version, times)) WITHOUT ROWID;
`;

/** The marks of the engine's next round, which else are sorted for each look. */
export const NEXT_MARKS = `
  CREATE INDEX next_marks ON change_mark (version, late, turn);
`;

/** The series and the work of a book. Books from before this step get them by their next event. */
export const BOOK_WORK = `
  ALTER TABLE known_book ADD COLUMN series TEXT;
  ALTER TABLE known_book ADD COLUMN work TEXT;
`;

/** What readers choose lately is a list that shops of before do not have. */
export const LATELY_LIST = `
  INSERT OR IGNORE INTO change_mark (version, kind, id, late) SELECT DISTINCT version, 'list', '', 1 FROM neighbour_list;
`;

/** The settings that `tune` has chosen, by the version of the projection that they begin with. */
export const VERSION_SETTINGS = `
  CREATE TABLE recommendation_setting (version INTEGER PRIMARY KEY, time INTEGER NOT NULL, setting TEXT NOT NULL);
`;
