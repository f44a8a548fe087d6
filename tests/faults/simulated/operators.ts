import { messageOf } from "@/application/messaging/faults.ts";
import { replay } from "@/application/messaging/replay.ts";
import { recommendationSinks } from "@/services/recommendation/app.ts";
import { trendSinks } from "@/services/trend/app.ts";
import { webBus, webSinks } from "@/services/web/app.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { bound } from "./one_version.ts";
import { type Parts, sinksOf } from "./processes.ts";
import { simulatedLog } from "./simulated_log.ts";
import { simulatedStore } from "./simulated_store.ts";
import type { World } from "./world.ts";

/** Mends the handlers and has two operators replay all letters at once, while the consumers run. */
export async function replayLetters(world: World): Promise<void> {
  const { bugs, scheduler } = world;
  bugs.fixed = true;
  let at = 0;
  for (const name of ["operator-1", "operator-2"]) operate(world, name).then(() => void at++);
  if (!await scheduler.run(() => at === 2, 10 * 60_000)) throw new Error("the replay of letters does not end");
}

async function operate(world: World, name: string): Promise<void> {
  const { servers, ids, bugs, broker } = world;
  const life = world.scheduler.live(name);
  const { clock } = life;
  const shared = { log: simulatedLog(broker, life, world), clock, ids, mutant: world.mutant, bugs };
  const store = {
    web: simulatedStore(servers.web, life, world),
    trend: bound(simulatedStore(servers.trend, life, world)),
    recommendation: bound(simulatedStore(servers.recommendation, life, world)),
  };
  const kinds: [Parts<(typeof store)[keyof typeof store]>, Parameters<typeof sinksOf>[0]][] = [
    [{ ...shared, store: store.web }, webSinks(webBus({ store: store.web, clock, ids }), store.web)],
    [{ ...shared, store: store.trend }, trendSinks(store.trend)],
    [{ ...shared, store: store.recommendation }, recommendationSinks(store.recommendation)],
  ];
  for (const [parts, sinks] of kinds) {
    const all = replay({ letters: parts.store.letters, sinks: sinksOf(sinks, parts), clock, logger });
    for await (const { id, came, detail } of all) world.tell?.(name, `letter ${id} ${came}`, messageOf(detail));
  }
}
