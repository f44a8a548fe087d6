import type { Clock } from "@/application/ports.ts";
import { RECOMMENDATION } from "@/application/recommendation/projection.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { consumerStores } from "@/adapters/sql/messaging/consumer_stores.ts";
import { createDeadLetterReader } from "@/adapters/sql/messaging/dead_letters.ts";
import { createStatements } from "./statements.ts";
import { createFence, createLeases } from "@/adapters/sql/messaging/leases.ts";
import { createErasedMarks } from "@/adapters/sql/messaging/erased_marks.ts";
import { createLive, createVersions } from "@/adapters/sql/messaging/versions.ts";
import { createRecommendationHistory } from "@/adapters/sql/recommendation/history.ts";
import { RECOMMENDATION_TABLES } from "@/adapters/sql/tables.ts";
import { openDatabase, storeDatabase } from "./database.ts";
import {
  CONSUMER_POSITION,
  LEASE_EPOCHS,
  LETTER_AGE,
  LETTER_SCHEMA,
  MESSAGING_SCHEMA,
  PROJECTION_SCHEMA,
} from "./messaging_schema.ts";
import { RECOMMENDATION_SCHEMA } from "./recommendation_schema.ts";
import { createBookFacts, createInteractions, engineStores } from "./recommendation_stores.ts";
import { createBookReader, createChangeMarkReader, createInteractionReader } from "./recommendation_view.ts";

export const RECOMMENDATION_MIGRATIONS: string[] = [
  MESSAGING_SCHEMA + RECOMMENDATION_SCHEMA,
  LETTER_SCHEMA,
  LEASE_EPOCHS,
  LETTER_AGE,
  PROJECTION_SCHEMA,
  CONSUMER_POSITION,
];

/** The recommendation service's store in one SQLite file. Throws when it cannot be opened. */
export function openRecommendationStore({ path, clock }: { path: string; clock: Clock }): RecommendationStore {
  const file = openDatabase({ path, clock, migrations: RECOMMENDATION_MIGRATIONS });
  const database = storeDatabase(file);
  return {
    at: (version) => ({
      uow: {
        run: (work) =>
          file.transaction((sync) => {
            const statements = createStatements(sync, () => {});
            return work({
              ...consumerStores(statements),
              ...engineStores(sync, version),
              fence: createFence(statements),
              versions: createVersions(statements, RECOMMENDATION, Object.values(RECOMMENDATION_TABLES)),
              interactions: createInteractions(sync, version),
              books: createBookFacts(sync, version),
              erased: createErasedMarks(statements),
            });
          }),
      },
      readers: createInteractionReader(file.read, version),
      marks: createChangeMarkReader(file.read, version),
      books: createBookReader(file.read, version),
      history: createRecommendationHistory(database.read, version),
    }),
    live: createLive(database.read, RECOMMENDATION),
    movedAt: () => Promise.resolve(undefined),
    leases: createLeases(database),
    letters: createDeadLetterReader(database.read),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
