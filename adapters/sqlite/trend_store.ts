import type { Clock } from "@/application/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { TREND } from "@/application/trend/projection.ts";
import { consumerStores } from "@/adapters/sql/messaging/consumer_stores.ts";
import { createDeadLetterReader } from "@/adapters/sql/messaging/dead_letters.ts";
import { createStatements } from "./statements.ts";
import { createFence, createLeases } from "@/adapters/sql/messaging/leases.ts";
import { createErasedMarks } from "@/adapters/sql/messaging/erased_marks.ts";
import { createLive, createVersions } from "@/adapters/sql/messaging/versions.ts";
import { createShownHistory, createTrendHistory } from "@/adapters/sql/trend/history.ts";
import { TREND_TABLES } from "@/adapters/sql/tables.ts";
import { openDatabase, storeDatabase } from "./database.ts";
import {
  CONSUMER_POSITION,
  LEASE_EPOCHS,
  LETTER_AGE,
  LETTER_SCHEMA,
  MESSAGING_SCHEMA,
  PROJECTION_SCHEMA,
} from "./messaging_schema.ts";
import { TREND_SCHEMA, VOTE_AGE } from "./trend_schema.ts";
import { createCounts, createScores, createShown, createVotes } from "./trend_stores.ts";
import { createReaderFloor, createTrendReader } from "./trend_view.ts";

export const TREND_MIGRATIONS: string[] = [
  MESSAGING_SCHEMA + TREND_SCHEMA,
  LETTER_SCHEMA,
  LEASE_EPOCHS,
  LETTER_AGE + VOTE_AGE,
  PROJECTION_SCHEMA,
  CONSUMER_POSITION,
];

/** The trend service's store in one SQLite file. Throws when the file cannot be opened. */
export function openTrendStore({ path, clock }: { path: string; clock: Clock }): TrendStore {
  const file = openDatabase({ path, clock, migrations: TREND_MIGRATIONS });
  const database = storeDatabase(file);
  return {
    at: (version) => ({
      uow: {
        run: (work) =>
          file.transaction((sync) => {
            const statements = createStatements(sync, () => {});
            return work({
              ...consumerStores(statements),
              fence: createFence(statements),
              versions: createVersions(statements, TREND, Object.values(TREND_TABLES)),
              votes: createVotes(sync, version, clock),
              counts: createCounts(sync, version),
              scores: createScores(sync, version),
              shown: createShown(sync, version),
              erased: createErasedMarks(statements),
            });
          }),
      },
      view: createTrendReader(file.read, version),
      floor: createReaderFloor(file.read, version),
      history: createTrendHistory(database.read, version),
      shownHistory: createShownHistory(database.read, version),
    }),
    live: createLive(database.read, TREND),
    movedAt: () => Promise.resolve(undefined),
    letters: createDeadLetterReader(database.read),
    leases: createLeases(database),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
