import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openDatabase } from "@/adapters/mysql/database.ts";
import { openRecommendationStore } from "@/adapters/mysql/stores/recommendation_store.ts";
import { openTrendStore } from "@/adapters/mysql/stores/trend_store.ts";
import { openWebStore } from "@/adapters/mysql/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { databaseFor, SERVERS } from "@/tests/support/databases/mysql.ts";
import { activityContract } from "@/tests/contracts/activity/activity_contract.ts";
import { catalogContract } from "@/tests/contracts/catalog/catalog_contract.ts";
import { catalogListsContract } from "@/tests/contracts/catalog/catalog_lists_contract.ts";
import { closedContract } from "@/tests/contracts/stores/closed_contract.ts";
import { messagingContract } from "@/tests/contracts/messaging/messaging_contract.ts";
import { recommendationVersions, trendVersions } from "@/tests/contracts/messaging/projections.ts";
import { recommendationContract } from "@/tests/contracts/recommendation/recommendation_contract.ts";
import { textContract } from "@/tests/contracts/stores/text_contract.ts";
import { finishedListsContract } from "@/tests/contracts/recommendation/finished_lists_contract.ts";
import { manyMatchesContract } from "@/tests/contracts/catalog/many_matches_contract.ts";
import { popularityContract } from "@/tests/contracts/catalog/popularity_contract.ts";
import { searchContract } from "@/tests/contracts/catalog/search_contract.ts";
import { trendContract } from "@/tests/contracts/trend/trend_contract.ts";

for (const { name, url } of SERVERS) {
  /** Two handles on one database of its own, as two processes have. */
  const shared = <Store extends { close(): Promise<void> }>(open: (deps: Deps) => Promise<Store>) => async () => {
    const database = databaseFor(url);
    const parts = { server: { url }, name: database.name, clock };
    // Both at once, as any number of processes may make the tables.
    const [store, other] = await Promise.all([open(parts), open(parts)]);
    return {
      store,
      other,
      async close() {
        await store.close();
        await other.close();
        await database.drop();
      },
    };
  };
  describe(name, () => {
    it("the server gives up a connection that is silent for half a minute, with the locks of its frozen owner", async () => {
      const own = databaseFor(url);
      const database = await openDatabase({ server: { url }, name: own.name, migrations: [], clock });
      const row = await database.transaction(({ get }) => get("SELECT @@SESSION.wait_timeout AS seconds"));
      expect(Number(row?.seconds)).toBe(30);
      await database.close();
      await own.drop();
    });
  });
  messagingContract(name, shared(openWebStore));
  catalogContract(name, shared(openWebStore));
  catalogListsContract(name, shared(openWebStore));
  searchContract(name, shared(openWebStore));
  popularityContract(name, shared(openWebStore));
  manyMatchesContract(name, shared(openWebStore));
  textContract(name, shared(openWebStore));
  activityContract(name, shared(openWebStore), { concurrent: true });
  trendContract(name, shared(openTrendStore));
  recommendationContract(name, shared(openRecommendationStore));
  finishedListsContract(name, shared(openRecommendationStore));
  trendVersions(name, shared(openTrendStore));
  recommendationVersions(name, shared(openRecommendationStore));
  closedContract(name, {
    ends: true,
    web: shared(openWebStore),
    trend: shared(openTrendStore),
    recommendation: shared(openRecommendationStore),
  });
}

type Deps = Parameters<typeof openWebStore>[0];
