import type { TrendStore } from "@/application/trend/ports.ts";
import { TREND } from "@/application/trend/projection.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { consumerStores } from "@/adapters/sql/messaging/consumer_stores.ts";
import { createErasedMarks } from "@/adapters/sql/messaging/erased_marks.ts";
import { createFence } from "@/adapters/sql/messaging/leases.ts";
import { createStore } from "@/adapters/sql/messaging/store.ts";
import { createLive, createVersions } from "@/adapters/sql/messaging/versions.ts";
import { TREND_TABLES } from "@/adapters/sql/tables.ts";
import { createShownHistory, createTrendHistory } from "./history.ts";
import { createCounts, createScores, createShown, createVotes } from "./stores.ts";
import { createReaderFloor, createTrendReader } from "./trend_reader.ts";

/** The trend service's store over its database. */
export function createTrendStore(database: Database, { movedAt }: Pick<TrendStore, "movedAt">): TrendStore {
  const { read, transaction } = database;
  return {
    ...createStore(database),
    at: (version) => ({
      uow: {
        run: (work) =>
          transaction((statements) =>
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
      view: createTrendReader(read, version),
      floor: createReaderFloor(read, version),
      history: createTrendHistory(read, version),
      shownHistory: createShownHistory(read, version),
    }),
    live: createLive(read, TREND),
    movedAt,
  };
}
