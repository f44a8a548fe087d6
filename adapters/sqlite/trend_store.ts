import type { Clock } from "@/application/ports.ts";
import type { TrendStore } from "@/application/stores.ts";
import { TREND } from "@/application/trend/projection.ts";
import { TREND_TABLES } from "@/adapters/sql/pages.ts";
import { openDatabase } from "./database.ts";
import { createErasedMarks } from "./erased_marks.ts";
import { createFence, createLeases } from "./leases.ts";
import { LEASE_EPOCHS, LETTER_AGE, LETTER_SCHEMA, MESSAGING_SCHEMA, PROJECTION_SCHEMA } from "./messaging_schema.ts";
import { createDeadLetterReader } from "./letters.ts";
import { consumerStores } from "./messaging_stores.ts";
import { createShownHistory, createTrendHistory } from "./trend_history.ts";
import { TREND_SCHEMA, VOTE_AGE } from "./trend_schema.ts";
import { createCounts, createScores, createShown, createVotes } from "./trend_stores.ts";
import { createReaderFloor, createTrendReader } from "./trend_view.ts";
import { createLive, createVersions } from "./versions.ts";

export const TREND_MIGRATIONS: string[] = [
  MESSAGING_SCHEMA + TREND_SCHEMA,
  LETTER_SCHEMA,
  LEASE_EPOCHS,
  LETTER_AGE + VOTE_AGE,
  PROJECTION_SCHEMA,
];

/** The trend service's store in one SQLite file. Throws when the file cannot be opened. */
export function openTrendStore({ path, clock }: { path: string; clock: Clock }): TrendStore {
  const database = openDatabase({ path, clock, migrations: TREND_MIGRATIONS });
  return {
    at: (version) => ({
      uow: {
        run: (work) =>
          database.transaction((statements) =>
            work({
              ...consumerStores(statements),
              fence: createFence(statements),
              versions: createVersions(statements, TREND, Object.values(TREND_TABLES)),
              votes: createVotes(statements, version, clock),
              counts: createCounts(statements, version),
              scores: createScores(statements, version),
              shown: createShown(statements, version),
              erased: createErasedMarks(statements),
            })
          ),
      },
      view: createTrendReader(database.read, version),
      floor: createReaderFloor(database.read, version),
      history: createTrendHistory(database.read, version),
      shownHistory: createShownHistory(database.read, version),
    }),
    live: createLive(database.read, TREND),
    movedAt: () => Promise.resolve(undefined),
    letters: createDeadLetterReader(database.read),
    leases: createLeases(database, clock),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
