/** Bare kafkajs with the suite's own messages: the baseline of everything on Kafka. */
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { bufferOf } from "@/adapters/kafka/client.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { acts } from "./acts.ts";
import { rate, timed, until } from "./report.ts";

const BATCH = 500;

/** The events of these acts as the suite's own messages. */
export const messagesOf = (all: ReturnType<typeof acts>, time = Date.now()) =>
  all.map(({ id, reader, book }) => {
    const { key, value, headers } = encode({
      id,
      source: "/bookstream/activity",
      type: ACTIVITY.bookViewed,
      time: new Date(time).toISOString(),
      subject: reader,
      correlationid: id,
      causationid: id,
      data: { reader, book },
    }, reader);
    return { key: bufferOf(key), value: bufferOf(value), headers };
  });

export const client = (brokers: string) => new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING });

/** Sends the messages in batches; the milliseconds it took. */
export async function produce(
  brokers: string,
  topic: string,
  messages: ReturnType<typeof messagesOf>,
): Promise<number> {
  const producer = client(brokers).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const took = await timed(async () => {
    for (let at = 0; at < messages.length; at += BATCH) {
      await producer.send({ topic, acks: -1, messages: messages.slice(at, at + BATCH) });
    }
  });
  await producer.disconnect();
  return took;
}

/** What kafkajs does with the same messages when nothing else is done: messages per second produced and consumed. */
export async function bareKafka(
  brokers: string,
  topic: string,
  EVENTS: number,
  BACKLOG: number,
): Promise<{ produced: number; consumed: number }> {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 6 }], waitForLeaders: true });
  await admin.disconnect();
  const messages = messagesOf(acts(EVENTS));
  const producing = await produce(brokers, topic, messages);
  await produce(brokers, topic, messagesOf(acts(BACKLOG - EVENTS)));
  const consumer = client(brokers).consumer({ groupId: topic, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let [count, from, to] = [0, 0, 0];
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      if (count === 0) from = performance.now();
      count += batch.messages.length;
      to = performance.now();
      return Promise.resolve();
    },
  });
  await until(() => Promise.resolve(count >= BACKLOG));
  await consumer.disconnect();
  console.log(
    `bare kafkajs: produces ${rate(EVENTS, producing)} in batches of ${BATCH}, consumes ${rate(BACKLOG, to - from)}`,
  );
  return { produced: EVENTS / producing, consumed: BACKLOG / (to - from) };
}
