import { createMemoryLog } from "@/adapters/memory/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation_store.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web_store.ts";
import { systemIds } from "@/adapters/system/ids.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { IdGenerator } from "@/application/ports.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { T0 } from "@/tests/support/samples.ts";
import { createFaults } from "./faults.ts";
import type { Bugs } from "./handler_bugs.ts";
import { placeOf } from "@/tests/oracle/messages.ts";
import { createHistory } from "./history.ts";
import type { Mutant } from "./mutants.ts";
import { startRecommendation, startTrend, startWeb } from "./processes.ts";
import { createRandom } from "./random.ts";
import { rebuildersOf, rebuildRecommendation, rebuildTrend } from "./rebuilders.ts";
import { createScheduler, type Life } from "./scheduler.ts";
import { type Broker, simulatedLog } from "./simulated_log.ts";
import { serverOf } from "./server.ts";
import { type Air, simulatedProjection, simulatedStore } from "./simulated_store.ts";

/** The processes of a world; two of each, so that there is always somebody who takes over, or gets in the way. */
const PROCESSES = ["web-1", "web-2", "trend-1", "trend-2", "recommendation-1", "recommendation-2"];

export type World = ReturnType<typeof createWorld>;

/** Stores and a log that last, and processes that come and go on them. Everything is decided by the seed. */
export function createWorld(seed: number, mutant: Mutant = {}, tell?: Air["tell"]) {
  const random = createRandom(seed);
  const scheduler = createScheduler(random, T0);
  const air: Air = { random, faults: createFaults(random, mutant.often), history: createHistory(), scheduler, tell };
  const now = () => Math.floor(scheduler.now());
  const servers = {
    web: serverOf("web", createMemoryWebStore({ now })),
    trend: serverOf("trend", createMemoryTrendStore({ now })),
    recommendation: serverOf("recommendation", createMemoryRecommendationStore({ now })),
  };
  const { sleep } = scheduler.live("log").clock;
  const log = createMemoryLog({ partitions: 3, now, sleep });
  const broker: Broker = { log, down: false, members: new Set() };
  const lives = new Map<string, Life>();
  const buses = new Map<Life, MessageBus>();
  const bugs: Bugs = { fixed: false };
  /** Who has a projection to rebuild, and is not done with it. */
  const rebuilders = new Map(rebuildersOf(random).map(({ name, projection }) => [name, projection]));
  let made = 0;
  const ids: IdGenerator = { fresh: () => `id-${++made}`, random: () => `random-${++made}`, of: systemIds.of };

  log.subscribe({
    group: "observer",
    topics: ALL_TOPICS,
    open: () => Promise.resolve(undefined),
    handle(batch) {
      const place = placeOf(batch);
      air.history.log.set(place, [...air.history.log.get(place) ?? [], ...batch.messages]);
      return Promise.resolve(batch.messages.at(-1)!.next);
    },
  });

  function start(name: string): void {
    const life = scheduler.live(name);
    lives.set(name, life);
    life.onCrash(() => scheduler.after(200 + random.below(4_000), () => start(name)));
    const shared = { log: simulatedLog(broker, life, air), clock: life.clock, ids, mutant, bugs };
    const planted = mutant.stores?.();
    const store = {
      web: () => simulatedStore(servers.web, life, air, planted),
      trend: () => simulatedProjection(servers.trend, life, air, planted),
      recommendation: () => simulatedProjection(servers.recommendation, life, air, planted),
    };
    const rebuilder = rebuilders.get(name);
    if (rebuilder !== undefined) {
      // What is done has no more lives.
      const done = rebuilder === "trend"
        ? rebuildTrend({ ...shared, store: store.trend() }, random)
        : rebuildRecommendation({ ...shared, store: store.recommendation() }, random);
      return void done.then(() => lives.delete(name) && rebuilders.delete(name));
    }
    const started = name.startsWith("web")
      ? startWeb({ ...shared, store: store.web() }).then((bus) => void buses.set(life, bus))
      : name.startsWith("trend")
      ? startTrend({ ...shared, store: store.trend() })
      : startRecommendation({ ...shared, store: store.recommendation() });
    // A process that cannot start ends, and is started again.
    started.catch(() => life.crash());
  }
  for (const name of [...PROCESSES, ...rebuilders.keys()]) start(name);

  return { seed, mutant, bugs, ...air, servers, broker, lives, buses, rebuilders, ids, log };
}
