import type { MessageBus } from "@/application/messaging/bus.ts";
import { startConsumer } from "@/application/messaging/consume.ts";
import type { Clock, EventLog, Ids } from "@/application/messaging/ports.ts";
import { startRelay } from "@/application/messaging/relay.ts";
import type { Sinks } from "@/application/messaging/replay.ts";
import type { Sink } from "@/application/messaging/sink.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import { startEngine } from "@/application/recommendation/engine.ts";
import type { WebStore } from "@/application/stores.ts";
import { recommendationSinks } from "@/services/recommendation/app.ts";
import { trendSinks } from "@/services/trend/app.ts";
import { webBus, webSinks } from "@/services/web/app.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { commitOf } from "./commits.ts";
import { type Bugs, failing } from "./handler_bugs.ts";
import type { Mutant } from "./mutants.ts";
import type { OneRecommendation, OneTrend } from "./one_version.ts";

/** Which consumer follows which topics, and in which store its positions are. */
export const CONSUMERS = {
  "catalog-commands": { store: "web", topics: [TOPICS.catalogCommands] },
  "activity-commands": { store: "web", topics: [TOPICS.activityCommands] },
  trend: { store: "trend", topics: [TOPICS.catalogEvents, TOPICS.activityEvents] },
  recommendation: { store: "recommendation", topics: [TOPICS.catalogEvents, TOPICS.activityEvents] },
} as const satisfies Record<string, { store: string; topics: string[] }>;
export type ConsumerName = keyof typeof CONSUMERS;
export const CONSUMER_NAMES = Object.keys(CONSUMERS) as ConsumerName[];

/** What a process is made of: the services' own parts, on simulated ports. */
export type Parts<Kind> = { store: Kind; log: EventLog; clock: Clock; ids: Ids; mutant: Mutant; bugs: Bugs };

/** Has every message that a transaction takes noted in it. */
const witnessed = (consumer: string, sink: Sink): Sink => ({
  ...sink,
  handle: (received, guard) =>
    sink.handle(received, {
      ...guard,
      async begin(stores) {
        await guard.begin(stores);
        commitOf(stores).taken.push(...received.map(({ message }) => ({ consumer, message })));
      },
    }),
});

/** The sinks of a service's consumers, with the handlers' bugs and the planted one. */
export function sinksOf(sinks: Sinks, { store, mutant, bugs }: Parts<Stores>): Sinks {
  return Object.fromEntries(
    Object.entries(sinks).map(([name, sinkOf]) => [name, (version) => {
      const seen = witnessed(name, failing(sinkOf(version), bugs));
      return mutant.sink?.(seen, store.uow) ?? seen;
    }]),
  );
}
type Stores = WebStore | OneTrend | OneRecommendation;

async function consume(sinks: Sinks, parts: Parts<Stores>): Promise<void> {
  const { store, log, clock, ids } = parts;
  // Not every sink is a consumer's: the relay's letters have one too.
  const consumed = Object.entries(sinksOf(sinks, parts)).filter(([name]) => name in CONSUMERS);
  await Promise.all(
    consumed.map(([name, sinkOf]) =>
      startConsumer({
        name,
        version: 1,
        topics: [...CONSUMERS[name as ConsumerName].topics],
        log,
        uow: store.uow,
        sink: sinkOf(1),
        clock,
        logger,
        owner: ids.fresh(),
      })
    ),
  );
}

/** The web service without its HTTP side: what that dispatches to, the consumers of commands, and the relay. */
export async function startWeb(parts: Parts<WebStore>): Promise<MessageBus> {
  const { store, log, clock, ids, mutant } = parts;
  const bus = webBus(parts);
  startRelay({
    ...store,
    outbox: mutant.outbox?.(store) ?? store.outbox,
    changes: store.changes(),
    log,
    clock,
    logger,
    owner: ids.fresh(),
  });
  await consume(webSinks(bus, store), parts);
  return bus;
}

export const startTrend = (parts: Parts<OneTrend>): Promise<void> => consume(trendSinks(parts.store), parts);

export async function startRecommendation(parts: Parts<OneRecommendation>): Promise<void> {
  const { store, clock, ids } = parts;
  const { uow, readers, leases } = store;
  startEngine({ uow, readers, leases, changes: store.changes(), clock, logger, owner: ids.fresh(), version: 1 });
  await consume(recommendationSinks(store), parts);
}
