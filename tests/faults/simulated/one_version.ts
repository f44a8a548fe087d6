import type { AnyVersion } from "@/application/messaging/versions.ts";
import type { ProjectionStore, RecommendationVersion, TrendVersion } from "@/application/stores.ts";

/** A projection's store with the parts of its one version beside the others, so that all of them can be simulated. */
export type OneVersion<Version extends AnyVersion> = ProjectionStore<Version> & Version;
export type OneTrend = OneVersion<TrendVersion>;
export type OneRecommendation = OneVersion<RecommendationVersion>;

export const oneVersion = <Version extends AnyVersion>(store: ProjectionStore<Version>): OneVersion<Version> => ({
  ...store,
  ...store.at(1),
});

/** The same once its parts are simulated: these are what its version has. */
export const bound = <Kind extends object>(store: Kind): Kind => ({ ...store, at: () => store });
