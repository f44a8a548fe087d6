import { EVERY_WINDOW } from "@/adapters/sql/trend/candidates.ts";
import { firstBars, isAbove } from "@/adapters/sql/trend/first_bars.ts";
import { SCORE_COLUMN } from "@/adapters/sql/trend/rows.ts";

const columns = Object.values(SCORE_COLUMN);

/** Every projection table has a version, so that a rebuild can fill a new one beside the live one. */
export const TREND_SCHEMA = `
  CREATE TABLE vote (
    version INTEGER NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL, hour INTEGER NOT NULL, reader TEXT NOT NULL, kind TEXT NOT NULL,
    time INTEGER NOT NULL, weight INTEGER NOT NULL, PRIMARY KEY (version, subject, key, hour, reader, kind)
  ) WITHOUT ROWID;
  CREATE INDEX vote_reader ON vote (version, reader);
  CREATE TABLE bucket (
    version INTEGER NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL, start INTEGER NOT NULL, kind TEXT NOT NULL,
    count INTEGER NOT NULL, weight INTEGER NOT NULL, PRIMARY KEY (version, subject, key, start, kind)
  ) WITHOUT ROWID;
  CREATE TABLE score (
    version INTEGER NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL, ${
  columns.map((name) => `${name} REAL NOT NULL`).join(", ")
},
    PRIMARY KEY (version, subject, key)
  ) WITHOUT ROWID;
  ${columns.map((name) => `CREATE INDEX score_${name} ON score (version, subject, ${name} DESC, key);`).join("\n  ")}
  CREATE TABLE shown_book (
    version INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, authors TEXT NOT NULL, book_version INTEGER NOT NULL, removed INTEGER NOT NULL,
    PRIMARY KEY (version, id)
  ) WITHOUT ROWID;
  CREATE TABLE shown_query (
    version INTEGER NOT NULL, key TEXT NOT NULL, query TEXT NOT NULL, books TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (version, key)
  ) WITHOUT ROWID;
  CREATE TABLE erased_reader (reader TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
`;

/** When a vote was stored (`noted`), which may be long after its event. */
export const VOTE_AGE = `
  ALTER TABLE vote ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
  UPDATE vote SET noted = unixepoch() * 1000;
`;

/** The client that sent a vote, and the reader's spelling of a query. */
export const VOTE_ORIGIN = `
  ALTER TABLE vote ADD COLUMN client TEXT;
  ALTER TABLE vote ADD COLUMN spelling TEXT;
`;

/** When books were removed. Those removed before this step get the time of this step. */
export const BOOK_REMOVAL = `
  CREATE TABLE book_removal (
    version INTEGER NOT NULL, id TEXT NOT NULL, book_version INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (version, id)
  ) WITHOUT ROWID;
  INSERT INTO book_removal (version, id, book_version, time)
    SELECT version, id, book_version, unixepoch() * 1000 FROM shown_book WHERE removed = 1;
`;

/** An index of buckets by time, the works and subjects of books, and the settings chosen by `tune`. The highest number is in force. */
export const TREND_PAST = `
  CREATE INDEX bucket_start ON bucket (version, subject, start);
  ALTER TABLE shown_book ADD COLUMN work TEXT;
  ALTER TABLE shown_book ADD COLUMN subjects TEXT;
  CREATE TABLE trend_setting (number INTEGER PRIMARY KEY, time INTEGER NOT NULL, setting TEXT NOT NULL);
`;

/**
 * Marks candidates for lists by a bar per window. They replace the indexes of scores, which each vote rewrote. The default is for
 * processes of the previous version.
 */
export const SCORE_CANDIDATES = `
  CREATE TABLE score_bar (
    version INTEGER NOT NULL, subject TEXT NOT NULL, ${columns.map((name) => `${name} REAL NOT NULL`).join(", ")},
    PRIMARY KEY (version, subject)
  ) WITHOUT ROWID;
  ${firstBars};
  ${columns.map((name) => `DROP INDEX score_${name};`).join("\n  ")}
  ALTER TABLE score ADD COLUMN candidate INTEGER NOT NULL DEFAULT ${EVERY_WINDOW};
  UPDATE score SET candidate = (
    SELECT ${isAbove} FROM score_bar AS bar WHERE bar.version = score.version AND bar.subject = score.subject
  );
  CREATE INDEX score_candidate ON score (version, subject, candidate) WHERE candidate > 0;
`;
