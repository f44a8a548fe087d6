import type { TrendStore, TrendStores } from "@/application/trend/ports.ts";
import { MemoryDatabase } from "@/adapters/memory/messaging/database.ts";
import { memoryErasedMarks } from "@/adapters/memory/messaging/erased_marks.ts";
import { memoryConsumerStores, memoryLeases } from "@/adapters/memory/messaging/messaging_stores.ts";
import { memoryTrendSettings } from "./trend_settings.ts";
import { memoryTrendHistory, memoryTrendReaders } from "./trend_readers.ts";
import { createTrendTables, memoryTrendStores } from "./trend_stores.ts";
import { memoryVersions, perVersion } from "@/adapters/memory/messaging/versions.ts";

/** The trend service's store in memory. `now`: the store's clock. */
export function createMemoryTrendStore({ now = () => Date.now() }: { now?: () => number } = {}): TrendStore {
  const database = new MemoryDatabase();
  const consumer = memoryConsumerStores(database);
  const tables = perVersion(() => createTrendTables(database));
  const { versions, live } = memoryVersions(database, consumer, tables.all);
  const { leases, fence } = memoryLeases(database, now);
  const shared = { ...consumer.stores, versions, fence, erased: memoryErasedMarks(database) };
  return {
    at(version) {
      const own = tables.of(version);
      const stores: TrendStores = { ...shared, ...memoryTrendStores(own, now) };
      return {
        uow: { run: (work) => database.transaction(() => work(stores)) },
        ...memoryTrendReaders(own),
        ...memoryTrendHistory(own),
      };
    },
    live,
    settings: memoryTrendSettings(database),
    movedAt: () => Promise.resolve(undefined),
    leases,
    deadLetters: consumer.letters,
    ...database.asStore(),
  };
}
