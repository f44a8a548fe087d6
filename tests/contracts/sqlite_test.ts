import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { statementsOf } from "@/adapters/sqlite/connection/connection.ts";
import { append } from "@/adapters/sqlite/log/append.ts";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { removeUpTo } from "@/adapters/sqlite/log/rows.ts";
import { openRecommendationStore } from "@/adapters/sqlite/stores/recommendation_store.ts";
import { openTrendStore } from "@/adapters/sqlite/stores/trend_store.ts";
import { openWebStore } from "@/adapters/sqlite/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { message, silent as logger } from "@/tests/support/samples.ts";
import { activityContract } from "@/tests/contracts/activity/activity_contract.ts";
import { catalogContract } from "@/tests/contracts/catalog/catalog_contract.ts";
import { catalogListsContract } from "@/tests/contracts/catalog/catalog_lists_contract.ts";
import { closedContract } from "@/tests/contracts/stores/closed_contract.ts";
import { eventLogContract } from "@/tests/contracts/log/event_log_contract.ts";
import { groupClockContract } from "@/tests/contracts/log/group_clock_contract.ts";
import { keptLogContract } from "@/tests/contracts/log/kept_log_contract.ts";
import { messagingContract } from "@/tests/contracts/messaging/messaging_contract.ts";
import { recommendationVersions, trendVersions } from "@/tests/contracts/messaging/projections.ts";
import { recommendationContract } from "@/tests/contracts/recommendation/recommendation_contract.ts";
import { textContract } from "@/tests/contracts/stores/text_contract.ts";
import { finishedListsContract } from "@/tests/contracts/recommendation/finished_lists_contract.ts";
import { manyMatchesContract } from "@/tests/contracts/catalog/many_matches_contract.ts";
import { popularityContract } from "@/tests/contracts/catalog/popularity_contract.ts";
import { searchContract } from "@/tests/contracts/catalog/search_contract.ts";
import { trendContract } from "@/tests/contracts/trend/trend_contract.ts";

/** Two handles on one file, as two processes have. */
function shared<Store extends { close(): Promise<void> }>(open: (path: string) => Store) {
  return async () => {
    const folder = await Deno.makeTempDir();
    const [store, other] = [open(join(folder, "store.db")), open(join(folder, "store.db"))];
    return {
      store,
      other,
      async close() {
        await store.close();
        await other.close();
        await Deno.remove(folder, { recursive: true });
      },
    };
  };
}

eventLogContract("sqlite", async () => {
  const folder = await Deno.makeTempDir();
  const open = () => openEventLog({ path: join(folder, "log.db"), clock, ids, logger });
  const [log, other] = [await open(), await open()];
  return {
    log,
    other,
    largest: "any",
    truncate(topic, partition, before) {
      const connection = new DatabaseSync(join(folder, "log.db"));
      removeUpTo(statementsOf(connection), { topic, partition }, Number(before) - 1);
      connection.close();
      return Promise.resolve();
    },
    async addUnreadable(topic, partition) {
      const connection = new DatabaseSync(join(folder, "log.db"));
      connection.exec("BEGIN IMMEDIATE");
      append(statementsOf(connection), [message(topic, "k", "unreadable")], () => partition, 0);
      const last = connection.prepare("SELECT MAX(place) AS place FROM pack WHERE time = 0").get()!.place!;
      connection.prepare("UPDATE pack SET pack = x'0900' WHERE place = ?").run(last);
      connection.exec("COMMIT");
      connection.close();
      await log.append([]);
    },
    async close() {
      await log.close();
      await other.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});
groupClockContract("sqlite", async () => {
  const folder = await Deno.makeTempDir();
  return {
    open: (clock) => openEventLog({ path: join(folder, "log.db"), clock, ids, logger }),
    close: () => Deno.remove(folder, { recursive: true }),
  };
});
keptLogContract("sqlite", async () => {
  const folder = await Deno.makeTempDir();
  let passed = 0;
  const now = () => clock.now() + passed;
  const log = await openEventLog({
    path: join(folder, "log.db"),
    clock: { ...clock, now },
    ids,
    logger,
    partitions: 1,
  });
  return {
    log,
    now,
    pass: (milliseconds) => void (passed += milliseconds),
    async close() {
      await log.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});
messagingContract("sqlite", shared((path) => openWebStore({ path, clock })));
catalogContract("sqlite", shared((path) => openWebStore({ path, clock })));
catalogListsContract("sqlite", shared((path) => openWebStore({ path, clock })));
searchContract("sqlite", shared((path) => openWebStore({ path, clock })));
popularityContract("sqlite", shared((path) => openWebStore({ path, clock })));
manyMatchesContract("sqlite", shared((path) => openWebStore({ path, clock })));
textContract("sqlite", shared((path) => openWebStore({ path, clock })));
activityContract("sqlite", shared((path) => openWebStore({ path, clock })), { concurrent: false });
trendContract("sqlite", shared((path) => openTrendStore({ path, clock })));
recommendationContract("sqlite", shared((path) => openRecommendationStore({ path, clock })));
finishedListsContract("sqlite", shared((path) => openRecommendationStore({ path, clock })));
trendVersions("sqlite", shared((path) => openTrendStore({ path, clock })));
recommendationVersions("sqlite", shared((path) => openRecommendationStore({ path, clock })));
closedContract("sqlite", {
  ends: true,
  web: shared((path) => openWebStore({ path, clock })),
  trend: shared((path) => openTrendStore({ path, clock })),
  recommendation: shared((path) => openRecommendationStore({ path, clock })),
});
