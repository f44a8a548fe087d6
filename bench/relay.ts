/** The relay from a store's outbox to Kafka, beside bare kafkajs with the same messages in the same batches. */
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { EventLog, Outgoing } from "@/application/messaging/wire/event_log.ts";
import { startRelay } from "@/application/messaging/outbox/relay.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { dropDatabases } from "@/tests/support/databases/mysql.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { serverPid, startStopwatch } from "./process_seconds.ts";
import { besideKafkajs, showShares } from "./bare/beside.ts";
import { perSecond, type Report, reportLatency, showRate, timed, until } from "./report.ts";
import { inBatches, viewsOf } from "./views.ts";

const BATCH = 1_000;
const WARM_UP = 10_000;
/** What is stored while latencies are measured: so many events a transaction, so often a second, for so long. */
const STEADY = { events: 5, transactions: 200, seconds: 10 };

/** The relay's rate, and how long it takes from a commit until the broker has the event. `url`: of MySQL, else SQLite. */
export async function benchRelay(
  { brokers, url }: { brokers: string; url?: string },
  events: number,
  report: Report,
): Promise<void> {
  const run = ids.fresh().slice(-8);
  const folder = await Deno.makeTempDir();
  const settings = { DATA_DIR: folder, MYSQL_PREFIX: `b${run}_`, ...(url === undefined ? {} : { MYSQL_URL: url }) };
  const store = await openAdapters(readSettings(settings, []), logger).web();
  const kafka = { brokers: brokers.split(","), clientId: "bench", prefix: `b${run}.`, logger, clock };
  await ensureTopics(kafka, [TOPICS.activityEvents], { partitions: 6 });
  const log = openKafkaLog(kafka);
  const server = url === undefined ? undefined : await serverPid(url);
  const say = (what: string, figure: string, us: Record<string, number>) => {
    for (const [name, value] of Object.entries(us)) report.keep(`processor_${figure}_${name}`, value, "us");
    const each = Object.entries(us).map(([name, value]) => `${name} ${value.toFixed(1)} µs`);
    report.say(`relay: processor time to ${what} an event: ${each.join(", ")}`);
  };
  try {
    const adding = await startStopwatch(server);
    for (const views of messagesOf(events)) {
      for (const batch of inBatches(views, BATCH)) await store.uow.run(({ outbox }) => outbox.add(batch));
    }
    say("store", "add", await adding(events));
    const baseline = { work: "produce" as const, brokers, topic: `bare${run}`, messages: events, warmUp: WARM_UP };
    const { result: tookMs, bare } = await besideKafkajs({ ...baseline, batch: BATCH }, report, async () => {
      const sending = await startStopwatch(server);
      const relaying = startRelaying(store, log);
      const tookMs = await timed(() => until(async () => await store.outbox.size() === 0, 20));
      say("send and remove", "send", await sending(events));
      await relaying.stop();
      return tookMs;
    });
    const speed = perSecond(events, tookMs);
    report.keep("backlog", speed, "1/s");
    report.say(`relay: a backlog of ${events} at ${showRate(speed)}, ${showShares(speed, bare)}`);
    await measureLatency(store, log, report);
  } finally {
    await log.close();
    await store.close();
    if (url !== undefined) await dropDatabases(url, [`b${run}_web`]);
    await Deno.remove(folder, { recursive: true });
  }
}

function* messagesOf(count: number): Generator<Outgoing[]> {
  for (const views of viewsOf(count)) yield views.map((view) => ({ topic: TOPICS.activityEvents, ...view }));
}

const startRelaying = (store: WebStore, log: EventLog) =>
  startRelay({ ...store, changes: store.changes(), log, clock, logger, owner: ids.fresh() });

async function measureLatency(store: WebStore, log: EventLog, report: Report): Promise<void> {
  const storedAt = new Map<string, number>();
  const took: number[] = [];
  const relaying = startRelaying(store, {
    ...log,
    async append(messages) {
      await log.append(messages);
      const now = performance.now();
      for (const { headers: { ce_id: id } } of messages) {
        const from = storedAt.get(id!);
        // Sent before the committing side has heard of its commit.
        took.push(from === undefined ? 0 : now - from);
      }
    },
  });
  await until(() => Promise.resolve(relaying.state().shards > 0));
  const writtenMs = await timed(() => writeSteadily(store, storedAt));
  await until(async () => await store.outbox.size() === 0);
  const text = `commit → broker at ${showRate(perSecond(took.length, writtenMs))}`;
  reportLatency(report, { text, figure: "commit_to_broker" }, took, [0.5, 0.99, 1]);
  await relaying.stop();
}

/** Keeps when each event's commit was known, by its id. */
async function writeSteadily(store: WebStore, storedAt: Map<string, number>): Promise<void> {
  const writing: Promise<unknown>[] = [];
  const { events, transactions, seconds } = STEADY;
  const all = [...messagesOf(events * transactions * seconds)].flat();
  const from = performance.now();
  for (const [turn, messages] of [...inBatches(all, events)].entries()) {
    writing.push(
      store.uow.run(({ outbox }) => outbox.add(messages)).then(() => {
        for (const { headers } of messages) storedAt.set(headers.ce_id!, performance.now());
      }),
    );
    await clock.sleep(Math.max(0, from + turn * 1_000 / transactions - performance.now()));
  }
  await Promise.all(writing);
}
