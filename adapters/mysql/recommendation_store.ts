import type { RecommendationStore } from "@/application/stores.ts";
import type { DatabaseParts } from "./database.ts";
import { createErasedMarks } from "./erased_marks.ts";
import { createLeases } from "./leases.ts";
import { LEASE_EPOCHS, LETTER_SCHEMAS, MESSAGING_SCHEMA } from "./messaging_schema.ts";
import { createLetterView } from "./letters.ts";
import { consumerStores } from "./messaging_stores.ts";
import { MOVE_NOTE_SCHEMA, openServiceDatabase } from "./move_notes.ts";
import { RECOMMENDATION_SCHEMA } from "./recommendation_schema.ts";
import { createBookFacts, createInteractions, engineStores } from "./recommendation_stores.ts";
import { createBookView, createReaderView } from "./recommendation_view.ts";

export const RECOMMENDATION_MIGRATIONS: string[][] = [
  [...MESSAGING_SCHEMA, ...RECOMMENDATION_SCHEMA],
  ...LETTER_SCHEMAS,
  MOVE_NOTE_SCHEMA,
  LEASE_EPOCHS,
];

/**
 * The recommendation service's store in a MySQL or MariaDB database, for one projection version. Rejects when the server does
 * not answer.
 */
export async function openRecommendationStore(
  { version, ...parts }: Omit<DatabaseParts, "migrations"> & { version: number },
): Promise<RecommendationStore> {
  const database = await openServiceDatabase({ ...parts, migrations: RECOMMENDATION_MIGRATIONS });
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
    leases: createLeases(database),
    letters: createLetterView(database.read),
    changes: database.changes,
    ping: database.ping,
    size: database.size,
    close: database.close,
  };
}
