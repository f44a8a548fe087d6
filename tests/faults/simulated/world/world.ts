import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemIds } from "@/adapters/system/ids.ts";
import type { IdGenerator } from "@/application/ports.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { T0 } from "@/tests/support/samples.ts";
import type { Door } from "./door.ts";
import { createFaults } from "./faults.ts";
import type { Bugs } from "@/tests/faults/simulated/mutants/handler_bugs.ts";
import { placeOf } from "@/tests/oracle/messages.ts";
import { createHistory } from "./history.ts";
import { createMarks } from "@/tests/faults/simulated/checks/marks.ts";
import type { Mutant } from "@/tests/faults/simulated/mutants/mutant.ts";
import { startRecommendation, startTrend, startWeb } from "./processes.ts";
import { createRandom } from "@/application/shared/random.ts";
import { rebuildersOf, rebuildRecommendation, rebuildTrend } from "@/tests/faults/simulated/actors/rebuilders.ts";
import { createScheduler, type Life } from "./scheduler.ts";
import { type Broker, simulatedLog } from "./simulated_log.ts";
import { serverOf } from "./server.ts";
import { createSteps, type Schedule, TURNS } from "@/tests/faults/simulated/schedules/steps.ts";
import { type Air, simulatedProjection, simulatedStore } from "./simulated_store.ts";

/** The processes of a world; two of each, so that there is always somebody who takes over, or gets in the way. */
const PROCESSES = ["web-1", "web-2", "trend-1", "trend-2", "recommendation-1", "recommendation-2"];

export type World = ReturnType<typeof createWorld>;

/** Stores and a log that last, and processes that come and go on them. Everything is decided by the seed. */
export function createWorld({ seed, only }: Schedule, mutant: Mutant = {}, tell?: Air["tell"]) {
  // Each part draws by itself, so that a schedule that lacks a step is like it in the rest.
  const random = createRandom(seed);
  const scheduler = createScheduler(random.fork(only?.find((step) => step.startsWith(TURNS)) ?? TURNS), T0);
  const now = () => Math.floor(scheduler.now());
  const steps = createSteps(only);
  const marks = createMarks();
  const faults = createFaults({ random: random.fork("faults"), steps, reach: marks.reach, now, often: mutant.often });
  const air: Air = { random, faults, history: createHistory(), scheduler, steps, marks, tell };
  const servers = {
    web: serverOf("web", createMemoryWebStore({ now })),
    trend: serverOf("trend", createMemoryTrendStore({ now })),
    recommendation: serverOf("recommendation", createMemoryRecommendationStore({ now })),
  };
  const { sleep } = scheduler.live("log").clock;
  const log = createMemoryLog({ partitions: 3, now, sleep });
  const broker: Broker = { log, down: false, members: new Set() };
  const lives = new Map<string, Life>();
  /** What clients find at a web process. */
  const doors = new Map<Life, Door>();
  const bugs: Bugs = { fixed: false };
  /** Who has a projection to rebuild, and is not done with it. */
  const rebuilders = new Map(
    rebuildersOf(random.fork("rebuilders")).filter(([name, projection]) => steps.take(name, `of ${projection}`)),
  );
  let made = 0;
  const { logger } = marks;
  const ids: IdGenerator = { fresh: () => `id-${++made}`, random: () => `random-${++made}`, of: systemIds.of };

  log.subscribe({
    group: "observer",
    topics: ALL_TOPICS,
    open: () => Promise.resolve(undefined),
    handle(batch) {
      const place = placeOf(batch);
      const known = air.history.log.get(place);
      if (known === undefined) air.history.log.set(place, [...batch.messages]);
      else known.push(...batch.messages);
      return Promise.resolve(batch.messages.at(-1)!.next);
    },
  });

  function start(name: string): void {
    const life = scheduler.live(name);
    lives.set(name, life);
    life.onCrash(() => scheduler.after(200 + random.below(4_000), () => start(name)));
    const shared = { log: simulatedLog(broker, life, air), clock: life.clock, ids, logger, mutant, bugs };
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
        ? rebuildTrend({ ...shared, store: store.trend() }, random.fork(name))
        : rebuildRecommendation({ ...shared, store: store.recommendation() }, random.fork(name));
      return void done.then(() => lives.delete(name) && rebuilders.delete(name));
    }
    const started = name.startsWith("web")
      ? startWeb({ ...shared, store: store.web() }).then((door) => void doors.set(life, door))
      : name.startsWith("trend")
      ? startTrend({ ...shared, store: store.trend() })
      : startRecommendation({ ...shared, store: store.recommendation() });
    // A process that cannot start ends, and is started again.
    started.catch(() => life.crash());
  }
  for (const name of [...PROCESSES, ...rebuilders.keys()]) start(name);

  return { mutant, bugs, ...air, servers, broker, lives, doors, rebuilders, ids, log };
}
