import type { Interaction, ReaderSearch } from "@/domain/recommendation/interaction.ts";
import { eachPage } from "@/application/messaging/rebuild/each_page.ts";
import type { Backfill, LostTimes, OnRows } from "@/application/messaging/rebuild/backfill.ts";
import { ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import type { KnownBook, RecommendationVersion } from "./ports.ts";
import { keepRows } from "./project_recommendations.ts";

/** Copies rows and searches from before a time. The newest row of a key wins, so events that are still in the log change nothing. */
async function copyActs(
  from: RecommendationVersion,
  into: RecommendationVersion,
  { before }: LostTimes,
  onRows: OnRows,
): Promise<void> {
  await eachPage<Interaction>((after, limit) => from.history.interactions(before, after, limit), async (rows) => {
    await into.uow.run((stores) => keepRows(rows, [], stores));
    onRows(rows.length);
  });
  await eachPage<ReaderSearch>((after, limit) => from.history.searches(before, after, limit), async (searches) => {
    await into.uow.run((stores) => keepRows([], searches, stores));
    onRows(searches.length);
  });
}

async function copyBooks(
  from: RecommendationVersion,
  into: RecommendationVersion,
  _times: LostTimes,
  onRows: OnRows,
): Promise<void> {
  await eachPage<KnownBook>((after, limit) => from.history.books(after, limit), async (books) => {
    await into.uow.run((stores) => stores.books.put(books));
    onRows(books.length);
  });
}

/** What a rebuild of recommendations copies because the log no longer has it. */
export const RECOMMENDATION_BACKFILLS: Backfill<RecommendationVersion>[] = [
  { topic: ACTIVITY_TOPICS.events, when: "first", copy: copyActs },
  { topic: CATALOG_TOPICS.events, when: "last", copy: copyBooks },
];
