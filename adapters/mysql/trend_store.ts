import type { TrendStore } from "@/application/trend/ports.ts";
import { TREND } from "@/application/trend/projection.ts";
import { createErasedMarks } from "@/adapters/sql/messaging/erased_marks.ts";
import { consumerStores } from "@/adapters/sql/messaging/consumer_stores.ts";
import { createDeadLetterReader } from "@/adapters/sql/messaging/dead_letters.ts";
import { createFence, createLeases } from "@/adapters/sql/messaging/leases.ts";
import { createLive, createVersions } from "@/adapters/sql/messaging/versions.ts";
import { TREND_TABLES } from "@/adapters/sql/tables.ts";
import { createShownHistory, createTrendHistory } from "@/adapters/sql/trend/history.ts";
import type { DatabaseDeps } from "./database.ts";
import { LEASE_EPOCHS, LETTER_SCHEMAS, MESSAGING_SCHEMA, PROJECTION_SCHEMA } from "./messaging_schema.ts";
import { MOVE_NOTE_SCHEMA, movedAt, openServiceDatabase } from "@/adapters/mysql/move/notes.ts";
import { TREND_SCHEMA, VOTE_AGE } from "./trend_schema.ts";
import { createCounts, createScores, createShown, createVotes } from "./trend_stores.ts";
import { createReaderFloor, createTrendReader } from "./trend_view.ts";

export const TREND_MIGRATIONS: string[][] = [
  [...MESSAGING_SCHEMA, ...TREND_SCHEMA],
  ...LETTER_SCHEMAS,
  MOVE_NOTE_SCHEMA,
  LEASE_EPOCHS,
  VOTE_AGE,
  PROJECTION_SCHEMA,
];

/** The trend service's store in a MySQL or MariaDB database. Rejects when the server does not answer. */
export async function openTrendStore(deps: Omit<DatabaseDeps, "migrations">): Promise<TrendStore> {
  const database = await openServiceDatabase({ ...deps, migrations: TREND_MIGRATIONS });
  return {
    at: (version) => ({
      uow: {
        run: (work) =>
          database.transaction((statements) =>
            work({
              ...consumerStores(statements),
              fence: createFence(statements),
              versions: createVersions(statements, TREND, Object.values(TREND_TABLES)),
              votes: createVotes(statements, version),
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
    movedAt: () => movedAt(database.read),
    letters: createDeadLetterReader(database.read),
    leases: createLeases(database),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
