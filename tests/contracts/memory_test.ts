import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { activityContract } from "@/tests/contracts/activity/activity_contract.ts";
import { catalogContract } from "@/tests/contracts/catalog/catalog_contract.ts";
import { catalogListsContract } from "@/tests/contracts/catalog/catalog_lists_contract.ts";
import { closedContract } from "@/tests/contracts/stores/closed_contract.ts";
import { eventLogContract } from "@/tests/contracts/log/event_log_contract.ts";
import { messagingContract } from "@/tests/contracts/messaging/messaging_contract.ts";
import { recommendationVersions, trendVersions } from "@/tests/contracts/messaging/projections.ts";
import { recommendationContract } from "@/tests/contracts/recommendation/recommendation_contract.ts";
import { textContract } from "@/tests/contracts/stores/text_contract.ts";
import { finishedListsContract } from "@/tests/contracts/recommendation/finished_lists_contract.ts";
import { manyMatchesContract } from "@/tests/contracts/catalog/many_matches_contract.ts";
import { popularityContract } from "@/tests/contracts/catalog/popularity_contract.ts";
import { searchContract } from "@/tests/contracts/catalog/search_contract.ts";
import { trendContract } from "@/tests/contracts/trend/trend_contract.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, text } from "@/tests/support/samples.ts";

/** Memory belongs to one process, so the other handle is the same one. */
function alone<Store extends { close(): Promise<void> }>(make: () => Store) {
  return () => {
    const store = make();
    return Promise.resolve({ store, other: store, close: () => store.close() });
  };
}

eventLogContract("memory", () => {
  const log = createMemoryLog({ now: Date.now, largest: 1_000_000 });
  const truncate = (topic: string, partition: number, before: string) => log.truncate(topic, partition, Number(before));
  const addUnreadable = async (topic: string, partition: number) => {
    const end = (await log.lag([{ topic, partition, next: undefined }]))[0]!;
    await log.damage(topic, partition, end);
    // Messages without a key go to the partitions in turn.
    while ((await log.lag([{ topic, partition, next: undefined }]))[0] === end) {
      await log.append([{ ...message(topic, "", "x"), key: null }]);
    }
  };
  return Promise.resolve({
    log,
    other: log,
    truncate,
    addUnreadable,
    largest: 1_000_000,
    close: () => Promise.resolve(),
  });
});
messagingContract("memory", alone(createMemoryWebStore));
catalogContract("memory", alone(createMemoryWebStore));
catalogListsContract("memory", alone(createMemoryWebStore));
searchContract("memory", alone(createMemoryWebStore));
popularityContract("memory", alone(createMemoryWebStore));
manyMatchesContract("memory", alone(createMemoryWebStore));
textContract("memory", alone(createMemoryWebStore));
activityContract("memory", alone(createMemoryWebStore), { concurrent: false });
trendContract("memory", alone(createMemoryTrendStore));
recommendationContract("memory", alone(createMemoryRecommendationStore));
finishedListsContract("memory", alone(createMemoryRecommendationStore));
trendVersions("memory", alone(createMemoryTrendStore));
recommendationVersions("memory", alone(createMemoryRecommendationStore));
closedContract("memory", {
  ends: false,
  web: alone(createMemoryWebStore),
  trend: alone(createMemoryTrendStore),
  recommendation: alone(createMemoryRecommendationStore),
});

it("event log: memory: a group goes on without a member that is expelled, which joins again after the batch at hand", async () => {
  const log = createMemoryLog({ partitions: 1 });
  const seen: string[] = [];
  const held = Promise.withResolvers<void>();
  const follow = (name: string, wait: Promise<void>) =>
    log.subscribe({
      group: "g",
      topics: ["t"],
      open: () => Promise.resolve(undefined),
      async handle({ messages }) {
        await wait;
        seen.push(...messages.map(({ value }) => `${name} ${text(value)}`));
        return messages.at(-1)!.next;
      },
    });
  const slow = follow("slow", held.promise);
  await log.append([message("t", "k", "1")]);
  await eventually(() => slow.state().assigned.length === 1);
  slow.expel();
  const other = follow("other", Promise.resolve());
  await eventually(() => seen.includes("other 1"));
  held.resolve();
  await eventually(() => seen.includes("slow 1"));
  await other.stop();
  await eventually(() => slow.state().assigned.length === 1);
  await log.append([message("t", "k", "2")]);
  await eventually(() => seen.includes("slow 2"));
  expect(seen.filter((one) => one === "other 1").length).toBe(1);
  await slow.stop();
});
