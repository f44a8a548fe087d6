/**
 * Bare kafkajs with the suite's own messages, the baseline of everything on Kafka. A process of its own, as our patches change
 * kafkajs for the whole process: it measures kafkajs as it is ("stock"), or with our patches. By hand:
 * `deno run -A bench/bare/kafkajs.ts '{"work":"produce","patched":false,"brokers":"127.0.0.1:9092","topic":"t","messages":50000}'`
 */
import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import connection from "kafkajs/connection";
import produceRequests from "kafkajs/produce";
import requestQueue from "kafkajs/request_queue";
import { perSecond, timed, until } from "@/bench/report.ts";
import { inBatches, viewsOf } from "@/bench/views.ts";

export type KafkajsOptions = {
  work: "produce" | "consume";
  patched: boolean;
  brokers: string;
  /** Made where it is missing, when something is produced to it. */
  topic: string;
  messages: number;
  /** Messages a send, 500 unless told. */
  batch?: number;
  /** How many messages are sent before the clock starts. */
  warmUp?: number;
  timeMs?: number;
};

/** `patches`: the parts of kafkajs that are not as kafkajs has them. */
export type KafkajsFigures = { perSecond: number; patches: string[] };

const PARTITIONS = 6;

async function main(options: KafkajsOptions): Promise<KafkajsFigures> {
  const patches = options.patched ? await patch(options.brokers) : [];
  const kafka = new Kafka({ brokers: options.brokers.split(","), logLevel: logLevel.NOTHING });
  return { perSecond: await (options.work === "produce" ? produce : consume)(kafka, options), patches };
}

/** Making the suite's own client patches kafkajs. It is loaded here only, so that without patches nothing of it is. */
async function patch(brokers: string): Promise<string[]> {
  const { prototype: connected } = connection as { prototype: object };
  const { prototype: queued } = requestQueue as { prototype: object };
  const parts = Object.entries({ connection: connected, produce: produceRequests as object, requestQueue: queued });
  const methodsOf = (part: object) => Object.getOwnPropertyDescriptors(part);
  const stock = parts.map(([, part]) => methodsOf(part));
  const { createClient } = await import("@/adapters/kafka/connection/client.ts");
  createClient({
    brokers: brokers.split(","),
    clientId: "bench",
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  return parts.flatMap(([name, part], at) =>
    Object.entries(methodsOf(part)).some(([method, { value }]) => stock[at]![method]?.value !== value) ? [name] : []
  );
}

/** Sends the messages in batches, one after the other. */
async function produce(kafka: Kafka, { topic, messages, batch = 500, warmUp = 0, timeMs }: KafkajsOptions) {
  await ensureTopic(kafka, topic);
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  await send(producer, { topic, messages: warmUp, batch, timeMs });
  const tookMs = await send(producer, { topic, messages, batch, timeMs });
  await producer.disconnect();
  return perSecond(messages, tookMs);
}

type Sending = { topic: string; messages: number; batch: number; timeMs: number | undefined };

/** The milliseconds it took; making the messages is not part of it. */
async function send(producer: Producer, { topic, messages: count, batch, timeMs }: Sending): Promise<number> {
  let tookMs = 0;
  for (const views of viewsOf(count, timeMs)) {
    const all = views.map(({ key, value, headers }) => ({ key: bufferOf(key), value: bufferOf(value), headers }));
    tookMs += await timed(async () => {
      for (const messages of inBatches(all, batch)) await producer.send({ topic, acks: -1, messages });
    });
  }
  return tookMs;
}

const bufferOf = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes);

async function ensureTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
  await admin.disconnect();
}

/** Counts the messages of a topic twice, the second time with everything compiled. */
async function consume(kafka: Kafka, options: KafkajsOptions): Promise<number> {
  await count(kafka, options);
  return await count(kafka, options);
}

async function count(kafka: Kafka, { topic, messages }: KafkajsOptions): Promise<number> {
  const consumer = kafka.consumer({ groupId: `bare-${crypto.randomUUID()}`, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let [counted, from, to] = [0, 0, 0];
  // The clock starts with the first fetch, not with the first batch: a fetch that decodes all messages hands out several batches.
  consumer.on(consumer.events.FETCH_START, () => {
    if (from === 0) from = performance.now();
  });
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      counted += batch.messages.length;
      to = performance.now();
      return Promise.resolve();
    },
  });
  await until(() => Promise.resolve(counted >= messages));
  await consumer.disconnect();
  return perSecond(counted, to - from);
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
