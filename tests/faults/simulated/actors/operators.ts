import { messageOf } from "@/application/faults.ts";
import { replay } from "@/application/messaging/dead_letters/replay.ts";
import { projectionSinks } from "@/application/messaging/projections/projection.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { webBus, webSinks } from "@/services/web/app.ts";
import { sinksOf } from "@/tests/faults/simulated/world/processes.ts";
import { simulatedProjection, simulatedStore } from "@/tests/faults/simulated/world/simulated_store.ts";
import type { World } from "@/tests/faults/simulated/world/world.ts";

/** Mends the handlers and has two operators replay all dead letters at once, while the consumers run. */
export async function replayDeadLetters(world: World): Promise<void> {
  const { bugs, scheduler } = world;
  bugs.fixed = true;
  let at = 0;
  for (const name of ["operator-1", "operator-2"]) operate(world, name).then(() => void at++);
  if (!await scheduler.run(() => at === 2, 10 * 60_000)) throw new Error("the replay of dead letters does not end");
}

async function operate(world: World, name: string): Promise<void> {
  const { servers, ids, marks } = world;
  const life = world.scheduler.live(name);
  const { clock } = life;
  const web = simulatedStore(servers.web, life, world);
  const trend = simulatedProjection(servers.trend, life, world);
  const recommendation = simulatedProjection(servers.recommendation, life, world);
  const all = [
    [web, sinksOf(webSinks(webBus({ store: web, clock, ids }), { store: web, ids }), () => web.uow, world)],
    [trend, sinksOf(projectionSinks(trendProjection, trend), (version) => trend.at(version).uow, world)],
    [
      recommendation,
      sinksOf(
        projectionSinks(recommendationProjection, recommendation),
        (version) => recommendation.at(version).uow,
        world,
      ),
    ],
  ] as const;
  for (const [{ deadLetters }, sinks] of all) {
    for await (const page of replay({ deadLetters, sinks, clock, logger: marks.logger })) {
      for (const { id, came, detail } of page) {
        marks.reach(`a dead letter that is replayed: ${came}`);
        world.tell?.(name, `dead letter ${id} ${came}`, messageOf(detail));
      }
    }
  }
}
