import type { CatalogueCopy } from "@/application/catalog/ports.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";

/** Returns the trend service's copy of the catalogue, in the live version. */
export const trendCopy = ({ live, at }: Pick<TrendStore, "live" | "at">): CatalogueCopy => ({
  name: "trend",
  async books(after, limit) {
    const { shownHistory } = at((await live()).version);
    return await shownHistory.books(after, limit);
  },
});

export const recommendationCopy = ({ live, at }: Pick<RecommendationStore, "live" | "at">): CatalogueCopy => ({
  name: "recommendation",
  async books(after, limit) {
    const { history } = at((await live()).version);
    return await history.books(after, limit);
  },
});
