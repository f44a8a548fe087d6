import { hourOf } from "@/domain/hours.ts";
import { sumOf } from "@/domain/trend/decay.ts";
import { WINDOWS } from "@/domain/trend/window.ts";
import type { Counts, KeyedScore, Scores, Shown, SubjectKey, Votes } from "@/application/trend/ports.ts";
import { keyedBucketOf, keyedScoreOf, SCORE_COLUMN, voteOf } from "@/adapters/sql/trend_rows.ts";
import type { Clock } from "@/application/ports.ts";
import type { SyncStatements as Statements } from "./connection.ts";
import { createVotePurge } from "./vote_purge.ts";

const columns = Object.values(SCORE_COLUMN);

/** Votes of one projection version over a transaction's statements. */
export const createVotes = (statements: Statements, version: number, clock: Clock): Votes => ({
  addNew(votes) {
    const now = clock.now();
    const added = votes.filter(({ subject, key, kind, reader, time, weight }) =>
      statements.run(
        "INSERT INTO vote (version, subject, key, hour, reader, kind, time, weight, noted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        ...[version, subject, key, hourOf(time), reader, kind, time, weight, now],
      ) > 0
    );
    return Promise.resolve(added);
  },
  removeReader(reader) {
    const votes = statements.all("SELECT * FROM vote WHERE version = ? AND reader = ?", version, reader).map(voteOf);
    statements.run("DELETE FROM vote WHERE version = ? AND reader = ?", version, reader);
    return Promise.resolve(votes);
  },
  purge: createVotePurge(statements, version),
});

export const createCounts = ({ all, run }: Statements, version: number): Counts => ({
  add(buckets) {
    for (const { subject, key, start, kind, count, weight } of buckets) {
      run(
        `INSERT INTO bucket (version, subject, key, start, kind, count, weight) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET count = count + excluded.count, weight = weight + excluded.weight`,
        ...[version, subject, key, start, kind, count, weight],
      );
      if (count < 0) {
        run(
          "DELETE FROM bucket WHERE version = ? AND subject = ? AND key = ? AND start = ? AND kind = ? AND count = 0",
          ...[version, subject, key, start, kind],
        );
      }
    }
    return Promise.resolve();
  },
  of: (subject, key) =>
    Promise.resolve(
      all(
        "SELECT * FROM bucket WHERE version = ? AND subject = ? AND key = ? ORDER BY start, kind",
        version,
        subject,
        key,
      ).map(keyedBucketOf),
    ),
});

export function createScores({ get, run }: Statements, version: number): Scores {
  const stored = ({ subject, key }: SubjectKey): KeyedScore[] => {
    const row = get("SELECT * FROM score WHERE version = ? AND subject = ? AND key = ?", version, subject, key);
    return row === undefined ? [] : [keyedScoreOf(row)];
  };
  const put = ({ subject, key, score }: KeyedScore) =>
    void run(
      `INSERT INTO score (version, subject, key, ${columns.join(", ")}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(", ")}`,
      ...[version, subject, key, ...WINDOWS.map((window) => score[window])],
    );
  return {
    add(scores) {
      for (const one of scores) {
        const [before] = stored(one);
        put(before === undefined ? one : { ...one, score: sumOf(before.score, one.score) });
      }
      return Promise.resolve();
    },
    // A transaction that writes is alone on the database.
    lock: (keys) => Promise.resolve(keys.flatMap(stored)),
    put(scores) {
      scores.forEach(put);
      return Promise.resolve();
    },
    remove(keys) {
      for (const { subject, key } of keys) {
        run("DELETE FROM score WHERE version = ? AND subject = ? AND key = ?", version, subject, key);
      }
      return Promise.resolve();
    },
  };
}

export const createShown = ({ run }: Statements, version: number): Shown => ({
  putBooks(books) {
    for (const { id, title, authors, version: bookVersion, removed } of books) {
      run(
        `INSERT INTO shown_book (version, id, title, authors, book_version, removed) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET title = excluded.title, authors = excluded.authors, book_version = excluded.book_version,
           removed = excluded.removed WHERE excluded.book_version > book_version`,
        ...[version, id, title, JSON.stringify(authors), bookVersion, removed ? 1 : 0],
      );
    }
    return Promise.resolve();
  },
  putQueries(queries) {
    for (const { key, query, books, time } of queries) {
      run(
        `INSERT INTO shown_query (version, key, query, books, time) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET query = excluded.query, books = excluded.books, time = excluded.time
         WHERE excluded.time > time OR excluded.time = time AND (excluded.query, excluded.books) < (query, books)`,
        ...[version, key, query, JSON.stringify(books), time],
      );
    }
    return Promise.resolve();
  },
});
