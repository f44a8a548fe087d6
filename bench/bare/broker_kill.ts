/**
 * `broker_kill.ts BROKERS TOPIC`: bare kafkajs, whose producer and consumer go through the kill of a broker. It says "ready",
 * then answers each line of standard input, a count of messages, with the milliseconds until its consumer has all of them.
 */
import { Kafka, logLevel } from "kafkajs";
import { until } from "@/bench/report.ts";

const [brokers, topic] = Deno.args as [string, string];
/** By its own defaults it pauses for up to half a minute, and gives up a consumer after five tries. */
const retry = { initialRetryTime: 100, maxRetryTime: 500, retries: 1_000 };
const PATIENCE_MS = 60_000;
const kafka = new Kafka({ brokers: brokers.split(","), retry, logLevel: logLevel.NOTHING });
const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
const consumer = kafka.consumer({ groupId: topic, sessionTimeout: 10_000, heartbeatInterval: 500 });
const seen = new Set<string>();
await producer.connect();
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
await consumer.run({
  eachMessage({ message }) {
    seen.add(String(message.key));
    return Promise.resolve();
  },
});
await joined;
console.log("ready");

let round = 0;
for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const count = Number(line);
  if (count === 0) break;
  const own = ++round;
  const messages = Array.from({ length: count }, (_, at) => ({ key: `${own}/${at}`, value: "x" }));
  const from = performance.now();
  for (;;) {
    const error = await producer.send({ topic, messages }).catch((error) => error as Error);
    if (!(error instanceof Error)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const arrived = until(() => Promise.resolve(messages.every(({ key }) => seen.has(key))), 20, PATIENCE_MS);
  console.log(await arrived.then(() => Math.round(performance.now() - from), () => Infinity));
}
await Promise.all([producer.disconnect(), consumer.disconnect()]);
