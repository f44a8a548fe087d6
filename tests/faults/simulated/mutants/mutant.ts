import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import type { OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import type { Handling, Sink } from "@/application/messaging/consuming/sink.ts";
import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { Door } from "@/tests/faults/simulated/world/door.ts";
import type { Fault } from "@/tests/faults/simulated/world/faults.ts";
import type { WebStore } from "@/application/storefront/ports.ts";

type OwnSink = Sink<DeadLetterStores>;
export type OwnHandling = Handling<DeadLetterStores>;

/** A bug to plant: parts that are put in the place of the real ones. Nothing outside these tests can plant one. */
export type Mutant = {
  sink?(sink: OwnSink, uow: Uow): OwnSink;
  outbox?(store: WebStore): OutboxQueue;
  /** Changes what clients find at a web process. */
  door?(door: Door): Door;
  /** The log as a rebuild sees it. */
  rebuilt?(log: EventLog & LogHistory): EventLog & LogHistory;
  /** Changes the ports of a transaction; made again for each life. */
  stores?(): <Stores extends object>(stores: Stores) => Stores;
  /** Faults that the bug shows under, of which its schedules have more. */
  often?: Fault[];
};
export type Uow = UnitOfWork<DeadLetterStores>;

/** Planted bugs by name, each with the invariants of which it must be seen to break one. */
export type Mutants = Record<string, { breaks: string[]; mutant: Mutant; patience?: number }>;

/** Stores with one port changed, where they have it. */
export const changePort =
  <Port>(name: string, change: (port: Port) => Partial<Port>) => <Stores extends object>(stores: Stores) =>
    name in stores
      ? { ...stores, [name]: { ...Reflect.get(stores, name), ...change(Reflect.get(stores, name) as Port) } }
      : stores;
