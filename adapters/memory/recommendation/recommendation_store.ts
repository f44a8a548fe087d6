import type { EngineStores, RecommendationStore, RecommendationStores } from "@/application/recommendation/ports.ts";
import { MemoryDatabase } from "@/adapters/memory/messaging/database.ts";
import { memoryErasedMarks } from "@/adapters/memory/messaging/erased_marks.ts";
import { memoryConsumerStores, memoryLeases } from "@/adapters/memory/messaging/messaging_stores.ts";
import { memoryRecommendationHistory, memoryRecommendationReaders } from "./recommendation_readers.ts";
import { createRecommendationTables, memoryRecommendationStores } from "./recommendation_stores.ts";
import { memoryVersionSettings } from "./version_settings.ts";
import { memoryVersions, perVersion } from "@/adapters/memory/messaging/versions.ts";

/** The recommendation service's store in memory. `now`: the store's clock. */
export function createMemoryRecommendationStore(
  { now = () => Date.now() }: { now?: () => number } = {},
): RecommendationStore {
  const database = new MemoryDatabase();
  const consumer = memoryConsumerStores(database);
  const tables = perVersion(() => createRecommendationTables(database));
  const { versions, live } = memoryVersions(database, consumer, tables.all);
  const { leases, fence } = memoryLeases(database, now);
  const shared = { ...consumer.stores, versions, fence, erased: memoryErasedMarks(database) };
  const settingsOf = memoryVersionSettings(database);
  let lastMark = 0;
  return {
    at(version) {
      const own = tables.of(version);
      const stores: RecommendationStores & EngineStores = {
        ...shared,
        ...memoryRecommendationStores(own, () => String(++lastMark)),
      };
      return {
        uow: { run: (work) => database.transaction(() => work(stores)) },
        settings: settingsOf(version),
        ...memoryRecommendationReaders(own),
        history: memoryRecommendationHistory(own),
      };
    },
    live,
    movedAt: () => Promise.resolve(undefined),
    leases,
    deadLetters: consumer.letters,
    ...database.asStore(),
  };
}
