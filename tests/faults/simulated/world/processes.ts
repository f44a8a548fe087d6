import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { followLive } from "@/application/messaging/rebuild/follow_live.ts";
import type { ConsumerStores } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { Clock, IdGenerator, Logger, UnitOfWork } from "@/application/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { startRelay } from "@/application/messaging/outbox/relay.ts";
import type { Sinks } from "@/application/messaging/dead_letters/replay.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { startEngine } from "@/application/recommendation/engine/engine.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { ProjectionStore } from "@/application/messaging/projections/ports.ts";
import type { TrendVersion } from "@/application/trend/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { projectionSinks } from "@/application/messaging/projections/projection.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { webBus, webSinks } from "@/services/web/app.ts";
import { type ConsumerName, CONSUMERS } from "@/tests/oracle/consumers.ts";
import { commitOf } from "./commits.ts";
import type { Door } from "./door.ts";
import { type Bugs, failing } from "@/tests/faults/simulated/mutants/handler_bugs.ts";
import type { Mutant, Uow } from "@/tests/faults/simulated/mutants/mutant.ts";

/** What a process is made of: the services' own parts, on simulated ports. */
export type Parts<Kind> = {
  store: Kind;
  log: EventLog & LogHistory;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  mutant: Mutant;
  bugs: Bugs;
};
type Planted = Pick<Parts<unknown>, "mutant" | "bugs">;

/** Has every message that a transaction takes noted in it. */
const witnessed = (consumer: string, sink: Sink<DeadLetterStores>): Sink<DeadLetterStores> => ({
  ...sink,
  handle: (handling) =>
    sink.handle({
      ...handling,
      async before(stores) {
        await handling.before(stores);
        commitOf(stores).taken.push(...handling.received.map(({ message }) => ({ consumer, message })));
      },
    }),
});

/** A consumer's sink with the handlers' bugs and the planted one. */
export function seen(
  consumer: string,
  sink: Sink<DeadLetterStores>,
  uow: Uow,
  { mutant, bugs }: Planted,
): Sink<DeadLetterStores> {
  const own = witnessed(consumer, failing(sink, bugs));
  return mutant.sink?.(own, uow) ?? own;
}

/** The sinks of a service's consumers. `uow`: of a version. */
export const sinksOf = (sinks: Sinks, uow: (version: number) => Uow, planted: Planted): Sinks =>
  Object.fromEntries(
    Object.entries(sinks).map(([name, sinkOf]) => [
      name,
      (version) => seen(name, sinkOf(version), uow(version), planted),
    ]),
  );

/** Starts the consumers of a version. */
async function consume(
  sinks: Sinks,
  version: number,
  uow: UnitOfWork<ConsumerStores>,
  { log, clock, ids, logger }: Pick<Parts<unknown>, "log" | "clock" | "ids" | "logger">,
): Promise<{ stop(): Promise<void> }> {
  // Not every sink is a consumer's: the relay's dead letters have one too.
  const consumed = Object.entries(sinks).filter(([name]) => name in CONSUMERS);
  const running = await Promise.all(
    consumed.map(([name, sinkOf]) =>
      startConsumer({
        name,
        version,
        topics: [...CONSUMERS[name as ConsumerName].topics],
        log,
        uow,
        sink: sinkOf(version),
        clock,
        logger,
        owner: ids.fresh(),
      })
    ),
  );
  return { stop: async () => void await Promise.all(running.map((consumer) => consumer.stop())) };
}

/** The web service without its HTTP side: what that dispatches to, the consumers of commands, and the relay. */
export async function startWeb(parts: Parts<WebStore>): Promise<Door> {
  const { store, log, clock, ids, logger, mutant } = parts;
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
  await consume(sinksOf(webSinks(bus, { store, ids }), () => store.uow, parts), 1, store.uow, parts);
  const door = { bus, shelf: store.shelf };
  return mutant.door?.(door) ?? door;
}

/** The consumer of the version that readers see. */
export async function startTrend(parts: Parts<ProjectionStore<TrendVersion>>): Promise<void> {
  const { store, clock, logger } = parts;
  const uow = (version: number) => store.at(version).uow;
  const sinks = sinksOf(projectionSinks(trendProjection, store), uow, parts);
  const start = (version: number) => consume(sinks, version, uow(version), parts);
  await followLive({ consumer: "trend", live: store.live, start, clock, logger });
}

/** The same, with the engine of the version. */
export async function startRecommendation(parts: Parts<RecommendationStore>): Promise<void> {
  const { store, clock, ids, logger } = parts;
  const { leases } = store;
  const sinks = sinksOf(projectionSinks(recommendationProjection, store), (version) => store.at(version).uow, parts);
  async function start(version: number) {
    const own = store.at(version);
    const consumer = await consume(sinks, version, own.uow, parts);
    const owner = ids.fresh();
    const engine = startEngine({ ...own, version, leases, changes: store.changes(), clock, logger, owner });
    return {
      async stop() {
        await consumer.stop();
        await engine.stop();
      },
    };
  }
  await followLive({ consumer: "recommendation", live: store.live, start, clock, logger });
}
