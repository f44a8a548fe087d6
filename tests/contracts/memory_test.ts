import { createMemoryLog } from "@/adapters/memory/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation_store.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web_store.ts";
import { activityContract } from "./activity_contract.ts";
import { catalogContract } from "./catalog_contract.ts";
import { eventLogContract } from "./event_log_contract.ts";
import { messagingContract } from "./messaging_contract.ts";
import { recommendationContract } from "./recommendation_contract.ts";
import { trendContract } from "./trend_contract.ts";

/** Memory belongs to one process, so the other handle is the same one. */
function alone<Store extends { close(): Promise<void> }>(make: () => Store) {
  return () => {
    const store = make();
    return Promise.resolve({ store, other: store, close: () => store.close() });
  };
}

eventLogContract("memory", () => {
  const log = createMemoryLog();
  return Promise.resolve({ log, other: log, close: () => Promise.resolve() });
});
messagingContract("memory", alone(createMemoryWebStore));
catalogContract("memory", alone(createMemoryWebStore));
activityContract("memory", alone(createMemoryWebStore));
trendContract("memory", alone(createMemoryTrendStore));
recommendationContract("memory", alone(createMemoryRecommendationStore));
