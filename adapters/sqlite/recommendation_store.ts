import type { Clock } from "@/application/messaging/ports.ts";
import type { RecommendationStore } from "@/application/stores.ts";
import { openDatabase } from "./database.ts";
import { createErasedMarks } from "./erased_marks.ts";
import { createLeases } from "./leases.ts";
import { LEASE_EPOCHS, LETTER_AGE, LETTER_SCHEMA, MESSAGING_SCHEMA } from "./messaging_schema.ts";
import { createLetterView } from "./letters.ts";
import { consumerStores } from "./messaging_stores.ts";
import { RECOMMENDATION_SCHEMA } from "./recommendation_schema.ts";
import { createBookFacts, createInteractions, engineStores } from "./recommendation_stores.ts";
import { createBookView, createReaderView } from "./recommendation_view.ts";

export const RECOMMENDATION_MIGRATIONS: string[] = [
  MESSAGING_SCHEMA + RECOMMENDATION_SCHEMA,
  LETTER_SCHEMA,
  LEASE_EPOCHS,
  LETTER_AGE,
];

/** The recommendation service's store in one SQLite file, for one projection version. Throws when it cannot be opened. */
export function openRecommendationStore(
  { path, clock, version }: { path: string; clock: Clock; version: number },
): RecommendationStore {
  const database = openDatabase({ path, clock, migrations: RECOMMENDATION_MIGRATIONS });
  return {
    uow: {
      run: (work) =>
        database.transaction((statements) =>
          work({
            ...consumerStores(statements),
            ...engineStores(statements, version),
            interactions: createInteractions(statements, version),
            books: createBookFacts(statements, version),
            erased: createErasedMarks(statements),
          })
        ),
    },
    readers: createReaderView(database.read, version),
    books: createBookView(database.read, version),
    leases: createLeases(database, clock),
    letters: createLetterView(database.read),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
