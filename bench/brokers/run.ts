/** What the suite adds to the time that a cluster of three brokers and a bare client need after the kill of a broker. */
import { Kafka, logLevel } from "kafkajs";
import { prefixTopic } from "@/adapters/kafka/connection/client.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { type Report, timed, until } from "@/bench/report.ts";
import { startOwnCluster } from "@/tests/support/processes/own_cluster.ts";
import { silent } from "@/tests/support/samples.ts";
import { startBareClient } from "./bare_client.ts";
import { startSuiteClient } from "./suite_client.ts";

const NODES = 3;
const PARTITIONS = 6;
/** By keys enough to reach every partition. */
const EVENTS = 600;

/** Kills each broker in turn, while both clients deliver messages to every partition. */
export async function benchBrokers(report: Report): Promise<void> {
  const folder = await Deno.makeTempDir();
  const cluster = await startOwnCluster(folder, NODES);
  const { brokers } = cluster;
  const [prefix, bareTopic] = ["suite.", "bare"];
  const deps = { brokers, clientId: "bench", logger: silent };
  await ensureTopics(deps, [bareTopic], { partitions: PARTITIONS, replicas: NODES });
  const suite = await startSuiteClient({ brokers, prefix, folder, partitions: PARTITIONS, logger: silent });
  const bare = await startBareClient(brokers, bareTopic);
  const topics = [bareTopic, prefixTopic({ ...deps, prefix }, TOPICS.activityEvents)];
  const added: number[] = [];
  try {
    for (let at = 0; at < NODES; at++) {
      await Promise.all([suite.deliver(EVENTS), bare.deliver(EVENTS)]);
      await cluster.kill(at);
      const [elected, own, bareMs] = await Promise.all([
        timed(() => electedWithout(brokers, at, topics)),
        suite.deliver(EVENTS),
        bare.deliver(EVENTS),
      ]);
      added.push(own.read - bareMs);
      report.say(
        `broker ${at + 1} is killed: leaders after ${seconds(elected)}, bare kafkajs has all after ${
          seconds(bareMs)
        }, ` +
          `the suite has sent all after ${seconds(own.sent)} and read all after ${seconds(own.read)}`,
      );
      report.keep("elected", elected / 1_000, "s");
      report.keep("bare", bareMs / 1_000, "s");
      report.keep("suite", own.read / 1_000, "s");
      await cluster.restart(at);
      await inSync(brokers, topics);
    }
    report.say(`the suite adds ${added.map(seconds).join(", ")} to what bare kafkajs needs`);
  } finally {
    await Promise.all([suite.close(), bare.close()]);
    await cluster.close();
    await Deno.remove(folder, { recursive: true });
  }
}

type Partitions = { leader: number; isr: number[] }[];

/** Asks one of the brokers for the partitions of the topics until they are as wanted. */
async function partitionsUntil(
  brokers: string[],
  topics: string[],
  wanted: (all: Partitions) => boolean,
): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await until(async () => {
      const found = await admin.fetchTopicMetadata({ topics }).catch(() => undefined);
      return found !== undefined && wanted(found.topics.flatMap(({ partitions }) => partitions));
    }, 50);
  } finally {
    await admin.disconnect();
  }
}

/** Node ids count from 1. A killed node is also out of the replicas in sync before a write is acknowledged. */
const electedWithout = (brokers: string[], at: number, topics: string[]) =>
  partitionsUntil(
    brokers.filter((_, other) => other !== at),
    topics,
    (all) => all.every(({ leader, isr }) => leader > 0 && leader !== at + 1 && !isr.includes(at + 1)),
  );

const inSync = (brokers: string[], topics: string[]) =>
  partitionsUntil(brokers, topics, (all) => all.every(({ leader, isr }) => leader > 0 && isr.length === NODES));

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
