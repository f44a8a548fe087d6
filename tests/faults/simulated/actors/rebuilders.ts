import { type RebuildDeps, startRebuild } from "@/application/messaging/rebuild/rebuild.ts";
import type { AnyVersion } from "@/application/messaging/rebuild/versions.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { ProjectionStore } from "@/application/messaging/projections/ports.ts";
import type { TrendVersion } from "@/application/trend/ports.ts";
import { projectionRebuild } from "@/application/messaging/projections/projection.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { type Parts, seen } from "@/tests/faults/simulated/world/processes.ts";
import type { Random } from "@/application/shared/random.ts";

type Rebuilder = [name: string, projection: "trend" | "recommendation"];

/** Who rebuilds what in a schedule: nobody, one, or two who get in each other's way. */
export function rebuildersOf(random: Random): Rebuilder[] {
  return (["trend", "recommendation"] as const).flatMap((projection): Rebuilder[] => {
    const many = random.pick([0, 0, 0, 0, 1, 2]);
    return Array.from({ length: many }, (_, at) => [`rebuild-${projection}-${at + 1}`, projection]);
  });
}

/** Rebuilds the trends, as an operator does. */
export const rebuildTrend = (parts: Parts<ProjectionStore<TrendVersion>>, random: Random): Promise<void> =>
  untilDone(parts, projectionRebuild(trendProjection, parts), random);

/** Rebuilds the recommendations, as an operator does. */
export const rebuildRecommendation = (parts: Parts<RecommendationStore>, random: Random): Promise<void> =>
  untilDone(parts, projectionRebuild(recommendationProjection, parts), random);

/** Runs a rebuild again and again until it has come to the switch. */
async function untilDone<Version extends AnyVersion>(
  planted: Parts<unknown>,
  deps: Omit<RebuildDeps<Version>, "owner">,
  random: Random,
): Promise<void> {
  for (;;) {
    await planted.clock.sleep(random.below(6_000));
    try {
      return await once(planted, deps, random.chance(0.2));
    } catch {
      // Another's lease, or a server that is away: an operator would see what it was, and try again.
    }
  }
}

async function once<Version extends AnyVersion>(
  planted: Parts<unknown>,
  deps: Omit<RebuildDeps<Version>, "owner">,
  anew: boolean,
): Promise<void> {
  const { mutant, ids } = planted;
  const watched = {
    ...deps,
    owner: ids.fresh(),
    sink: (version: Version) => seen(deps.consumer, deps.sink(version), version.uow, planted),
    log: mutant.rebuilt?.(deps.log) ?? deps.log,
  };
  await (await startRebuild(watched, { anew, onProgress: () => {} })).done;
}
