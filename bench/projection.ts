/**
 * The trend projection over a backlog of views, in one process: as the service runs it, the same without positions and guards, and
 * as tutorials do it (one upsert a message, offsets committed now and then), beside a bare consumer that only counts.
 */
import { createConnection } from "mysql2";
import type { EachBatchPayload } from "kafkajs";
import { ensureTopics, openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { incomingOf } from "@/adapters/kafka/incoming.ts";
import { openTrendStore } from "@/adapters/mysql/trend_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { decode } from "@/application/messaging/wire/codec.ts";
import { TREND } from "@/application/trend/projection.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { startTrend, trendSinks } from "@/services/trend/app.ts";
import { dropDatabases } from "@/tests/support/mysql.ts";
import { acts } from "./acts.ts";
import { client, messagesOf, produce } from "./kafka.ts";
import { rate, share, until } from "./report.ts";

const logger = { info: () => {}, warn: () => {}, error: () => {} };
/** The tutorials' way is slow; its rate shows on fewer messages. */
const ONE_BY_ONE = 5_000;

/** `consumed`: messages per millisecond that a bare consumer counts. */
export async function benchProjection(
  brokers: string,
  url: string,
  run: string,
  backlog: number,
  consumed: number,
): Promise<void> {
  const prefix = `p${run}.`;
  const kafka = { brokers: brokers.split(","), clientId: "bench", prefix, logger, clock };
  await ensureTopics(kafka, [TOPICS.activityEvents, TOPICS.catalogEvents], 6);
  const topic = prefix + TOPICS.activityEvents;
  await produce(brokers, topic, messagesOf(acts(backlog)));
  const names = ["whole", "unguarded", "single"].map((name) => `p${run}_${name}`);
  try {
    const whole = await service(kafka, url, names[0]!, backlog);
    const unguarded = await withoutGuards(brokers, topic, url, names[1]!, backlog);
    const single = await oneByOne(brokers, topic, url, names[2]!);
    console.log(
      `trend projection of ${backlog} views: ${rate(whole, 1)}, ${
        share(whole, consumed)
      } of the bare consumer; without ` +
        `positions and guards ${rate(unguarded, 1)} (with them ${
          share(whole, unguarded)
        } of it); one upsert a message, ` +
        `at least once ${rate(single, 1)} (here ${(whole / single).toFixed(1)} times as fast)`,
    );
  } finally {
    await dropDatabases(url, names);
  }
}

/** The service's consumer, over a backlog; messages per millisecond. */
async function service(
  kafka: Parameters<typeof openKafkaLog>[0],
  url: string,
  name: string,
  backlog: number,
): Promise<number> {
  const store = await openTrendStore({ server: { url }, name, clock });
  const log = openKafkaLog(kafka);
  const trend = await startTrend({ store, log, leastReaders: 1, role: "all", clock, ids, logger });
  const handled = () => trend.handled();
  await until(() => Promise.resolve(handled() > 0));
  const [first, from] = [handled(), performance.now()];
  await until(() => Promise.resolve(handled() >= backlog));
  const speed = (backlog - first) / (performance.now() - from);
  await trend.stop();
  await log.close();
  await store.close();
  return speed;
}

/**
 * The same decoding and the same fold, with no position and no check of an owner; each partition in transactions of its own, of
 * which as many are under way as the client has at once.
 */
async function withoutGuards(
  brokers: string,
  topic: string,
  url: string,
  name: string,
  backlog: number,
): Promise<number> {
  const store = await openTrendStore({ server: { url }, name, clock });
  const sink = trendSinks(store)[TREND]!(1);
  const guard = { failed: [], begin: () => Promise.resolve(), end: () => Promise.resolve() };
  const speed = await consume(brokers, topic, `${name}-group`, backlog, async ({ batch, heartbeat }, count) => {
    for (let at = 0; at < batch.messages.length; at += sink.chunk) {
      const received = batch.messages.slice(at, at + sink.chunk).flatMap((one) => {
        const message = incomingOf(TOPICS.activityEvents, batch.partition, one);
        const decoded = decode(message);
        if (!decoded.ok) return [];
        const whole = { envelope: decoded.value, message, time: Date.parse(decoded.value.time!) };
        return sink.judge(whole) === "take" ? [whole] : [];
      });
      await sink.handle(received, guard);
      count(received.length);
      await heartbeat();
    }
  });
  await store.close();
  return speed;
}

async function oneByOne(brokers: string, topic: string, url: string, name: string): Promise<number> {
  const connection = await createConnection({ uri: url });
  await connection.query("CREATE DATABASE ??", [name]);
  await connection.query(`CREATE TABLE \`${name}\`.book_count (book VARCHAR(64) PRIMARY KEY, count BIGINT NOT NULL)`);
  const speed = await consume(brokers, topic, `${name}-group`, ONE_BY_ONE, async ({ batch, heartbeat }, count) => {
    for (const { value } of batch.messages) {
      const { book } = JSON.parse(String(value));
      await connection.query(
        `INSERT INTO \`${name}\`.book_count VALUES (?, 1) ON DUPLICATE KEY UPDATE count = count + 1`,
        [book],
      );
      count(1);
      await heartbeat();
    }
  });
  await connection.end();
  return speed;
}

/** Consumes until so many were counted; messages per millisecond from the first one on. */
async function consume(
  brokers: string,
  topic: string,
  groupId: string,
  wanted: number,
  each: (payload: EachBatchPayload, count: (messages: number) => void) => Promise<void>,
): Promise<number> {
  const consumer = client(brokers).consumer({ groupId, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let [counted, from, to] = [0, 0, 0];
  await consumer.run({
    partitionsConsumedConcurrently: 4,
    eachBatch: async (payload) => {
      if (from === 0) from = performance.now();
      if (counted >= wanted) return;
      await each(payload, (messages) => {
        counted += messages;
        to = performance.now();
      });
    },
  });
  await until(() => Promise.resolve(counted >= wanted), 5);
  await consumer.disconnect();
  return counted / (to - from);
}
