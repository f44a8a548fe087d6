import type { Clock } from "@/application/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { TREND } from "@/application/trend/projection.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { projectionStores } from "@/adapters/sql/messaging/projection_stores.ts";
import { createStore } from "@/adapters/sql/messaging/store.ts";
import { createLive } from "@/adapters/sql/messaging/versions.ts";
import { TREND_TABLES } from "@/adapters/sql/tables.ts";
import { createShownHistory, createTrendHistory } from "./history.ts";
import { createKeptBuckets } from "./kept_buckets.ts";
import { keepCandidatesFew } from "./keep_candidates.ts";
import { createCounts, createScores, createShown } from "./stores.ts";
import type { VoteAgeing } from "./vote_ageing.ts";
import { createVotes } from "./votes.ts";
import { createTrendSettings } from "./settings.ts";
import { createReaderFloor, createTrendReader } from "./trend_reader.ts";

/** The trend service's store over its database. */
export function createTrendStore(
  database: Database,
  { movedAt, clock, ageing }: Pick<TrendStore, "movedAt"> & { clock: Clock; ageing: VoteAgeing },
): TrendStore {
  const { read, transaction } = database;
  const keepFew = keepCandidatesFew(database, clock);
  const buckets = createKeptBuckets(database);
  return {
    ...createStore(database),
    at: (version) => ({
      uow: {
        run: async (work, options) => {
          await keepFew(version);
          const { changes, end } = buckets.begin(version);
          try {
            return await transaction((statements) =>
              work({
                ...projectionStores(statements, TREND, Object.values(TREND_TABLES)),
                votes: createVotes(statements, version, ageing),
                counts: createCounts(statements, version, changes),
                scores: createScores(statements, version),
                shown: createShown(statements, version),
              }), options);
          } finally {
            end();
          }
        },
      },
      view: createTrendReader(read, version, buckets),
      floor: createReaderFloor(read, version),
      history: createTrendHistory(read, version),
      shownHistory: createShownHistory(read, version),
    }),
    live: createLive(read, TREND),
    settings: createTrendSettings(database),
    movedAt,
  };
}
