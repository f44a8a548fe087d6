/**
 * `broker_kill.ts BROKERS TOPIC`: stock kafkajs, whose producer and consumer go through the kill of a broker. It says "ready",
 * then answers each line of standard input, a count of messages, with the milliseconds until its consumer has all of them.
 */
import { Kafka, logLevel } from "kafkajs";
import { until } from "@/bench/report.ts";

const [brokers, topic] = Deno.args as [string, string];
const kafka = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING });
const [producer, consumer] = [kafka.producer({ allowAutoTopicCreation: false }), kafka.consumer({ groupId: topic })];
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
  await until(() => Promise.resolve(messages.every(({ key }) => seen.has(key))), 20);
  console.log(Math.round(performance.now() - from));
}
await Promise.all([producer.disconnect(), consumer.disconnect()]);
