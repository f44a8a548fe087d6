/** The relay from a store's outbox to Kafka, beside bare kafkajs with the same messages in the same batches. */
import { ensureTopics, openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { EventLog, Outgoing } from "@/application/messaging/wire/event_log.ts";
import { startRelay } from "@/application/messaging/outbox/relay.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { WebStore } from "@/application/stores.ts";
import { openAdapters } from "@/services/open_adapters.ts";
import { readSettings } from "@/services/settings.ts";
import { dropDatabases } from "@/tests/support/mysql.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { BOOKS, READERS } from "./acts.ts";
import { percentile, rate, share, timed, until } from "./report.ts";

const BACKLOG = 50_000;
/** What is stored while latencies are measured: so many events a transaction, so often a second, for so long. */
const STEADY = { events: 5, transactions: 200, seconds: 10 };

/** Prints the relay's rate and how long it takes from a commit until the broker has the event. `url`: of MySQL, else SQLite. */
export async function benchRelay(name: string, brokers: string, url?: string): Promise<void> {
  const run = ids.fresh().slice(-8);
  const folder = await Deno.makeTempDir();
  const settings = { DATA_DIR: folder, MYSQL_PREFIX: `b${run}_`, ...(url === undefined ? {} : { MYSQL_URL: url }) };
  const store = await openAdapters(readSettings(settings, []), logger).web();
  const kafka = { brokers: brokers.split(","), clientId: "bench", prefix: `b${run}.`, logger, clock };
  await ensureTopics(kafka, [TOPICS.activityEvents], 6);
  const log = openKafkaLog(kafka);
  try {
    const messages = Array.from({ length: BACKLOG }, (_, at) => viewed(at));
    const bare = await timed(() => inBatches(messages, 1_000, (batch) => log.append(batch)));
    await inBatches(messages, 1_000, (batch) => store.uow.run(({ outbox }) => outbox.add(batch)));
    const relaying = start(store, log);
    const took = await timed(() => until(async () => await store.outbox.size() === 0, 20));
    console.log(
      `relay, ${name}: a backlog of ${BACKLOG} at ${rate(BACKLOG, took)}, ${
        share(1 / took, 1 / bare)
      } of bare kafkajs (${rate(BACKLOG, bare)})`,
    );
    await relaying.stop();
    await latency(name, store, log);
  } finally {
    await log.close();
    await store.close();
    if (url !== undefined) await dropDatabases(url, [`b${run}_web`]);
    await Deno.remove(folder, { recursive: true });
  }
}

const start = (store: WebStore, log: EventLog) =>
  startRelay({ ...store, changes: store.changes(), log, clock, logger, owner: ids.fresh() });

async function latency(name: string, store: WebStore, log: EventLog): Promise<void> {
  const stored = new Map<string, number>();
  const took: number[] = [];
  const relaying = start(store, {
    ...log,
    async append(messages) {
      await log.append(messages);
      const now = performance.now();
      for (const { headers: { ce_id: id } } of messages) {
        const from = stored.get(id!);
        // Sent before the committing side has heard of its commit.
        took.push(from === undefined ? 0 : now - from);
      }
    },
  });
  await until(() => Promise.resolve(relaying.state().shards > 0));
  const writing: Promise<unknown>[] = [];
  const from = performance.now();
  const { events, transactions, seconds } = STEADY;
  for (let turn = 0; turn < transactions * seconds; turn++) {
    const messages = Array.from({ length: events }, (_, at) => viewed(turn * events + at));
    writing.push(
      store.uow.run(({ outbox }) => outbox.add(messages)).then(() => {
        for (const { headers } of messages) stored.set(headers.ce_id!, performance.now());
      }),
    );
    await clock.sleep(Math.max(0, from + turn * 1_000 / transactions - performance.now()));
  }
  await Promise.all(writing);
  const written = performance.now() - from;
  await until(async () => await store.outbox.size() === 0);
  console.log(
    `relay, ${name}: commit → broker at ${rate(took.length, written)}: p50 ${percentile(took, 0.5)}, p99 ${
      percentile(took, 0.99)
    }, most ${percentile(took, 1)}`,
  );
  await relaying.stop();
}

function viewed(at: number): Outgoing {
  const reader = `r${at % READERS}`;
  const [id, correlation, cause] = [ids.fresh(), ids.fresh(), ids.fresh()];
  const event = {
    id,
    source: "/bookstream/activity",
    type: ACTIVITY.bookViewed,
    time: new Date().toISOString(),
    subject: reader,
    correlationid: correlation,
    causationid: cause,
    data: { reader, book: String(at % BOOKS) },
  };
  return { topic: TOPICS.activityEvents, ...encode(event, reader) };
}

async function inBatches(all: Outgoing[], size: number, take: (batch: Outgoing[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < all.length; at += size) await take(all.slice(at, at + size));
}
