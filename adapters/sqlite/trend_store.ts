import type { Clock } from "@/application/messaging/ports.ts";
import type { TrendStore } from "@/application/stores.ts";
import { createLeases } from "./leases.ts";
import { openDatabase } from "./database.ts";
import { createErasedMarks } from "./erased_marks.ts";
import { LEASE_EPOCHS, LETTER_AGE, LETTER_SCHEMA, MESSAGING_SCHEMA } from "./messaging_schema.ts";
import { createLetterView } from "./letters.ts";
import { consumerStores } from "./messaging_stores.ts";
import { TREND_SCHEMA, VOTE_AGE } from "./trend_schema.ts";
import { createCounts, createScores, createShown, createVotes } from "./trend_stores.ts";
import { createReaderFloor, createTrendView } from "./trend_view.ts";

export const TREND_MIGRATIONS: string[] = [
  MESSAGING_SCHEMA + TREND_SCHEMA,
  LETTER_SCHEMA,
  LEASE_EPOCHS,
  LETTER_AGE + VOTE_AGE,
];

/** The trend service's store in one SQLite file, for one projection version. Throws when the file cannot be opened. */
export function openTrendStore({ path, clock, version }: { path: string; clock: Clock; version: number }): TrendStore {
  const database = openDatabase({ path, clock, migrations: TREND_MIGRATIONS });
  return {
    uow: {
      run: (work) =>
        database.transaction((statements) =>
          work({
            ...consumerStores(statements),
            votes: createVotes(statements, version, clock),
            counts: createCounts(statements, version),
            scores: createScores(statements, version),
            shown: createShown(statements, version),
            erased: createErasedMarks(statements),
          })
        ),
    },
    view: createTrendView(database.read, version),
    floor: createReaderFloor(database.read, version),
    letters: createLetterView(database.read),
    leases: createLeases(database, clock),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
