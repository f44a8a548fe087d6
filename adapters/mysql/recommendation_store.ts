import { RECOMMENDATION } from "@/application/recommendation/projection.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { createErasedMarks } from "@/adapters/sql/messaging/erased_marks.ts";
import { consumerStores } from "@/adapters/sql/messaging/consumer_stores.ts";
import { createDeadLetterReader } from "@/adapters/sql/messaging/dead_letters.ts";
import { createFence, createLeases } from "@/adapters/sql/messaging/leases.ts";
import { createLive, createVersions } from "@/adapters/sql/messaging/versions.ts";
import { createRecommendationHistory } from "@/adapters/sql/recommendation/history.ts";
import { RECOMMENDATION_TABLES } from "@/adapters/sql/tables.ts";
import type { DatabaseDeps } from "./database.ts";
import { LEASE_EPOCHS, LETTER_SCHEMAS, MESSAGING_SCHEMA, PROJECTION_SCHEMA } from "./messaging_schema.ts";
import { MOVE_NOTE_SCHEMA, movedAt, openServiceDatabase } from "@/adapters/mysql/move/notes.ts";
import { RECOMMENDATION_SCHEMA } from "./recommendation_schema.ts";
import { createBookFacts, createInteractions, engineStores } from "./recommendation_stores.ts";
import { createBookReader, createChangeMarkReader, createInteractionReader } from "./recommendation_view.ts";

export const RECOMMENDATION_MIGRATIONS: string[][] = [
  [...MESSAGING_SCHEMA, ...RECOMMENDATION_SCHEMA],
  ...LETTER_SCHEMAS,
  MOVE_NOTE_SCHEMA,
  LEASE_EPOCHS,
  PROJECTION_SCHEMA,
];

/** The recommendation service's store in a MySQL or MariaDB database. Rejects when the server does not answer. */
export async function openRecommendationStore(deps: Omit<DatabaseDeps, "migrations">): Promise<RecommendationStore> {
  const database = await openServiceDatabase({ ...deps, migrations: RECOMMENDATION_MIGRATIONS });
  return {
    at: (version) => ({
      uow: {
        run: (work) =>
          database.transaction((statements) =>
            work({
              ...consumerStores(statements),
              ...engineStores(statements, version),
              fence: createFence(statements),
              versions: createVersions(statements, RECOMMENDATION, Object.values(RECOMMENDATION_TABLES)),
              interactions: createInteractions(statements, version),
              books: createBookFacts(statements, version),
              erased: createErasedMarks(statements),
            })
          ),
      },
      readers: createInteractionReader(database.read, version),
      marks: createChangeMarkReader(database.read, version),
      books: createBookReader(database.read, version),
      history: createRecommendationHistory(database.read, version),
    }),
    live: createLive(database.read, RECOMMENDATION),
    movedAt: () => movedAt(database.read),
    leases: createLeases(database),
    letters: createDeadLetterReader(database.read),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
