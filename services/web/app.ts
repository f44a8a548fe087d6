import type { Client } from "@/adapters/http/base/app.ts";
import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { createWebApi } from "@/adapters/http/web_api.ts";
import { DAY } from "@/domain/hours.ts";
import { ACTIVITY_TOPICS, activityPolicyEvents } from "@/application/activity/messages.ts";
import { createRecorder } from "@/application/activity/recorder.ts";
import { activityPolicies } from "@/application/activity/policies.ts";
import { activityProcessor } from "@/application/activity/processor.ts";
import { ACT_IDS_KEPT_MS } from "@/application/activity/record_act.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { watchCopies } from "@/application/catalog/books/copies.ts";
import type { CatalogueCopy } from "@/application/catalog/ports.ts";
import { catalogProcessor } from "@/application/catalog/processor.ts";
import { startPopularityFold } from "@/application/catalog/search/upkeep/fold_popularity.ts";
import { startRemake } from "@/application/catalog/search/upkeep/remake_index.ts";
import {
  type Backlog,
  createBacklog,
  MAX_OUTBOX_ROWS,
  refuseWhenFull,
} from "@/application/messaging/outbox/backlog.ts";
import { createBus, type MessageBus } from "@/application/messaging/commands/bus.ts";
import { shareTransactions } from "@/application/messaging/commands/group_commit.ts";
import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { awaitLogId } from "@/application/messaging/wire/lazy_log.ts";
import { ANSWERS_KEPT_MS, createIdempotency } from "@/application/messaging/commands/idempotency.ts";
import type { IdGenerator, UnitOfWork } from "@/application/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { createOutboxSink } from "@/application/messaging/outbox/outbox_sink.ts";
import { type RetentionRule, startPurge } from "@/application/messaging/retention/purge.ts";
import { startRelay } from "@/application/messaging/outbox/relay.ts";
import { RELAY } from "@/application/messaging/outbox/remove.ts";
import type { Sinks } from "@/application/messaging/dead_letters/replay.ts";
import { createPolicySink } from "@/application/messaging/commands/policy_sink.ts";
import { createCommandSink } from "@/application/messaging/commands/command_sink.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { noTelemetry, type Telemetry } from "@/application/shared/observability/telemetry.ts";
import { watchConsumer, watchService } from "@/services/shared/health/gauges.ts";
import {
  type Check,
  consumerPart,
  logPart,
  outboxPart,
  readiness,
  relayPart,
  storePart,
} from "@/services/shared/health/readiness.ts";
import {
  deadLetterRetention,
  isKept,
  logRetention,
  retainRows,
  RETENTION,
  type Retention,
} from "@/services/retention.ts";
import { watchedConsumer } from "@/services/shared/health/watched_consumer.ts";
import { defined } from "@/application/defined.ts";
import { READERS_PER_CLIENT } from "@/application/activity/crowd.ts";
import { startImports } from "./imports.ts";
import { withFirstResults } from "./first_results.ts";

/** The version in the positions of consumers without a projection. */
const ONLY_VERSION = 1;

/** Returns the consumer of a topic of commands: `catalog-commands` for `bookstream.catalog.commands`. */
const consumerOf = (topic: string): string => `${topic.split(".")[1]}-commands`;

/** Describes the consumer of a topic of commands. */
export const commandReader = (topic: string) => ({
  name: consumerOf(topic),
  version: ONLY_VERSION,
  topics: [topic],
});

/** The dependencies that are passed on to the API. */
type OfApi = "trends" | "recommendations" | "lastGood" | "adminToken" | "readersToken" | "clock" | "ids" | "logger";
type WebDeps = Pick<WebApiDeps, OfApi> & {
  store: WebStore;
  log: EventLog;
  /** The other services' copies of the catalogue. */
  copies?: CatalogueCopy[];
  /** How many readers of one client count as readers on one day. */
  readersPerClient?: number;
  role: "all" | "api" | "consumer" | "relay";
  /** The most events that may wait for the log. Writes are refused beyond it. */
  outboxMost?: number;
  retention?: Retention;
  http?: HttpOptions;
  /** The folder of files sent for import. Without it there are no imports over HTTP. */
  importFolder?: string;
  telemetry?: Telemetry;
};

/** Describes the consumer of activity's policies. */
export const POLICY_READER = {
  name: "activity-policies",
  version: ONLY_VERSION,
  topics: [CATALOG_TOPICS.events] as string[],
};

/** Creates the bus of the web service's two modules. With a backlog it refuses commands while the backlog is full. */
export function webBus({ store, clock, ids }: Pick<WebDeps, "store" | "clock" | "ids">, backlog?: Backlog) {
  const own = { uow: withFirstResults(capped(store.uow, backlog)), clock, ids };
  return createBus([catalogProcessor(own), shareTransactions(activityProcessor(own))]);
}

/** Wraps a unit of work to refuse transactions while the backlog, if there is one, is full. */
const capped = <Stores>(uow: UnitOfWork<Stores>, backlog?: Backlog): UnitOfWork<Stores> =>
  backlog === undefined ? uow : refuseWhenFull(uow, backlog);

/** Returns the sinks by consumer: those of the web service's consumers and of its relay, which all have dead letters. */
export function webSinks(
  { processors }: MessageBus,
  { store: { uow }, ids }: { store: Pick<WebStore, "uow">; ids: IdGenerator },
  backlog?: Backlog,
): Sinks {
  const relay = createOutboxSink(uow);
  const policies = createPolicySink({
    module: "activity",
    commands: ACTIVITY_TOPICS.commands,
    events: activityPolicyEvents,
    policies: activityPolicies,
    uow: capped(uow, backlog),
    ids,
  });
  const sinks: Sinks = { [RELAY]: () => relay, [POLICY_READER.name]: () => policies };
  for (const processor of processors) {
    const sink = createCommandSink(processor);
    sinks[consumerOf(processor.topic)] = () => sink;
  }
  return sinks;
}

/** Returns the retention rules of the web service's store. */
const keptFor = ({ store: { uow }, log }: Pick<WebDeps, "store" | "log">, retention: Retention): RetentionRule[] => [
  retainRows(uow, "idempotency-keys", ANSWERS_KEPT_MS, ({ idempotencyKeys }) => idempotencyKeys),
  retainRows(uow, "act-ids", ACT_IDS_KEPT_MS, ({ actIds }) => actIds),
  retainRows(uow, "command-ids", retention.commands * DAY, ({ inbox }) => inbox),
  retainRows(uow, "erasure-marks", retention.marks * DAY, ({ erased }) => erased),
  deadLetterRetention(uow, retention),
  ...(isKept(log) ? [logRetention(log, retention)] : []),
];

/** Returns the settings of visitors, which all processes of the deployment share. */
async function visitorsOf(
  { store: { deployment }, ids, readersPerClient = READERS_PER_CLIENT }: Pick<
    WebDeps,
    "store" | "ids" | "readersPerClient"
  >,
) {
  const secret = await deployment.agreeOn("secret", ids.random() + ids.random());
  const until = await deployment.get("unsigned-cookies-until");
  return { secret, readersPerClient, ...defined({ unsignedUntil: until === undefined ? undefined : Number(until) }) };
}

/** Starts the web service: its API and pages, the consumers of commands and policies, and the relay of the outbox. */
export async function startWeb({ role, outboxMost = MAX_OUTBOX_ROWS, retention = RETENTION, ...deps }: WebDeps) {
  const { store, log, clock, ids, logger, telemetry = noTelemetry } = deps;
  const owner = ids.fresh();
  const backlog = createBacklog({ outbox: store.outbox, most: outboxMost, clock });
  const bus = webBus(deps, backlog);
  const runs = (part: WebDeps["role"]) => role === "all" || role === part;

  const sinks = webSinks(bus, deps, backlog);
  const readers = [...bus.processors.map(({ topic }) => commandReader(topic)), POLICY_READER];
  const consume = async (reader: typeof POLICY_READER) => {
    const sink = sinks[reader.name]!(ONLY_VERSION);
    const consumer = await startConsumer({ ...reader, log, uow: store.uow, sink, clock, logger, owner, telemetry });
    return watchedConsumer(consumer, { clock, logger });
  };
  const consumers = runs("consumer") ? await Promise.all(readers.map(consume)) : [];
  const relay = runs("relay") ? startRelay({ ...deps, ...store, changes: store.changes(), owner }) : undefined;
  const purge = runs("relay")
    ? startPurge({ rules: keptFor(deps, retention), leases: store.leases, clock, logger, owner })
    : undefined;
  const remake = startRemake({ ...store, clock, logger });
  const fold = runs("relay") ? startPopularityFold({ ...store, clock, logger }) : undefined;
  const stopping = new AbortController();
  if (runs("relay")) watchCopies({ ...store, copies: deps.copies ?? [], clock, logger }, stopping.signal);
  const reached = relay === undefined ? undefined : awaitLogId(log, clock, stopping.signal);
  const idempotency = createIdempotency({ uow: store.uow, clock, ids, logger });
  const checks: Record<string, Check> = {
    store: storePart(store),
    outbox: outboxPart(backlog, store.outbox),
    ...(role === "api" ? {} : { log: logPart(log, clock) }),
    ...(relay === undefined ? {} : { relay: relayPart(relay) }),
    ...Object.fromEntries(consumers.map((consumer) => [consumer.name, consumerPart(consumer, clock)])),
  };
  const ready = (verbose = false) => readiness(checks, clock, verbose);
  const { deadLetters, outbox } = store;
  watchService(telemetry.meter, { ready, deadLetters, ...(relay === undefined ? {} : { outbox }) });
  for (const consumer of consumers) watchConsumer(telemetry.meter, consumer);
  const imports = deps.importFolder !== undefined && runs("api")
    // Without the backlog an import goes on while the log is down, as the command does. A file is finite.
    ? startImports({ ...deps, folder: deps.importFolder, bus: webBus(deps), owner })
    : undefined;
  const visitors = await visitorsOf(deps);
  const recorder = createRecorder({ bus, clock, logger });
  const api = createWebApi({ ...deps, ...defined({ imports }), visitors, bus, recorder, idempotency, sinks, ready });
  return {
    /** Resolves when the log, if it is needed, has answered and the consumers have joined their groups. */
    joined: Promise.all([reached, ...consumers.map((consumer) => consumer.joined)]),
    fetch: (request: Request, client?: Client) => api.fetch(request, client),
    /** Resolves when the acts of all answered requests are recorded. */
    recorded: recorder.flush,
    ready,
    async stop() {
      stopping.abort();
      await recorder.flush();
      const stopConsumers = async () => {
        await Promise.all(consumers.map((consumer) => consumer.stop()));
        await Promise.all([relay?.stop(), purge?.stop(), remake.stop(), fold?.stop()]);
      };
      await Promise.all([imports?.stop(), stopConsumers()]);
    },
  };
}
