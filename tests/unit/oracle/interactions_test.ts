import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { projectRecommendations } from "@/application/recommendation/project_recommendations.ts";
import { eventsOf } from "@/tests/oracle/events.ts";
import { interactionName, interactionsOf } from "@/tests/oracle/model/interactions.ts";
import { logged } from "@/tests/oracle/samples.ts";
import { T0 } from "@/tests/support/samples.ts";

type Events = Parameters<typeof projectRecommendations>[0];
const about = { reader: "r", book: "b" };
const at = (position: number) => ({ id: `e${position}`, time: T0 });
const EVENTS: Events = [
  { ...at(0), type: ACTIVITY.bookShelved, data: { ...about, shelf: "read" } },
  { ...at(1), type: ACTIVITY.bookRated, data: { ...about, rating: 4, counts: false } },
  { ...at(2), type: ACTIVITY.bookDismissed, data: { ...about, counts: false } },
  { ...at(3), type: ACTIVITY.bookCleared, data: { ...about, counts: false } },
  { ...at(4), type: ACTIVITY.bookCleared, data: { ...about, what: "shelf" } },
  { ...at(5), type: ACTIVITY.bookCleared, data: { ...about, what: "rating", counts: false } },
];

describe("the oracle", () => {
  it("wants the rows that recommendations keep, also of what is taken back in part or by an uncounted reader", async () => {
    const messages = EVENTS.map(({ id, type, data }, position) =>
      logged(TOPICS.activityEvents, position, { id, type, key: "r", data })
    );
    const store = createMemoryRecommendationStore().at(1);
    await store.uow.run((stores) => projectRecommendations(EVENTS, stores));
    const rows = (await store.readers.interactions(["r"])).map(interactionName).sort();
    expect(rows).toEqual(["r b cleared", "r b dismissed", "r b read", "r b unrated", "r b unshelved"]);
    expect(interactionsOf(eventsOf(messages)).map(interactionName).sort()).toEqual(rows);
  });
});
