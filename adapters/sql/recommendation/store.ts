import { RECOMMENDATION } from "@/application/recommendation/projection.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { projectionStores } from "@/adapters/sql/messaging/projection_stores.ts";
import { createStore } from "@/adapters/sql/messaging/store.ts";
import { createLive } from "@/adapters/sql/messaging/versions.ts";
import { RECOMMENDATION_TABLES } from "@/adapters/sql/tables.ts";
import { createRecommendationHistory } from "./history.ts";
import { createBookReader, createChangeMarkReader, createInteractionReader } from "./readers.ts";
import { createVersionSettings } from "./settings.ts";
import { createBookFacts, createInteractions, engineStores } from "./stores.ts";

/** The recommendation service's store over its database. */
export function createRecommendationStore(
  database: Database,
  { movedAt }: Pick<RecommendationStore, "movedAt">,
): RecommendationStore {
  const { read, transaction } = database;
  return {
    ...createStore(database),
    at: (version) => ({
      uow: {
        run: (work, options) =>
          transaction((statements) =>
            work({
              ...projectionStores(statements, RECOMMENDATION, Object.values(RECOMMENDATION_TABLES)),
              ...engineStores(statements, version),
              interactions: createInteractions(statements, version),
              books: createBookFacts(statements, version),
            }), options),
      },
      settings: createVersionSettings(database, version),
      readers: createInteractionReader(read, version),
      marks: createChangeMarkReader(read, version),
      books: createBookReader(read, version),
      history: createRecommendationHistory(read, version),
    }),
    live: createLive(read, RECOMMENDATION),
    movedAt,
  };
}
