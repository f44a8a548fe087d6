/**
 * A million views in 24 partitions, worked off by a trend service that grows from one process to six meanwhile: how fast, with how
 * much memory, and whether every count is right in the end.
 */
import { createConnection } from "mysql2";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { hourOf } from "@/domain/hours.ts";
import { dropDatabases } from "@/tests/support/databases/mysql.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, ready } from "@/tests/support/processes/processes.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { besideKafkajs, runKafkajs, showShares } from "./bare/beside.ts";
import { perSecond, type Report, showRate, until } from "./report.ts";
import { consumerOf } from "./services/handled.ts";
import type { Servers } from "./servers.ts";
import { actsInParts } from "./views.ts";

const PARTITIONS = 24;
const MEMBERS = 6;
/** Until the next member comes. */
const PAUSE_MS = 10_000;
const GIVE_UP_MS = 900_000;
const WARM_UP = 10_000;

type World = { url: string; run: string; events: number; distinct: number; env: Record<string, string> };

/** `bareEvents`: how many bare kafkajs sends beside it. */
export async function benchBacklog(
  { brokers, url }: Servers,
  { events, bareEvents }: { events: number; bareEvents: number },
  report: Report,
): Promise<void> {
  const run = crypto.randomUUID().slice(0, 8);
  const prefix = `b${run}.`;
  const kafka = { brokers: brokers.split(","), clientId: "bench", prefix, logger, clock };
  await ensureTopics(kafka, [TOPICS.activityEvents, TOPICS.catalogEvents], { partitions: PARTITIONS });
  const timeMs = Date.now();
  const topic = prefix + TOPICS.activityEvents;
  await runKafkajs({ work: "produce", patched: true, brokers, topic, messages: events, timeMs });

  const folder = await Deno.makeTempDir();
  const names = { KAFKA_PREFIX: prefix, MYSQL_PREFIX: `b${run}_` };
  const env = { DATA_DIR: folder, KAFKA_BROKERS: brokers, MYSQL_URL: url, ...names, TREND_MIN_READERS: "1" };
  try {
    const baseline = { work: "produce" as const, brokers, topic: `bare${run}`, messages: bareEvents, warmUp: WARM_UP };
    const world = { url, run, events, distinct: countDistinct(events, timeMs), env };
    const { result: speed, bare } = await besideKafkajs(baseline, report, () => workOff(world, report));
    report.say(`that is ${showShares(speed, bare)}`);
  } finally {
    await dropDatabases(url, [`b${run}_trend`]);
    await Deno.remove(folder, { recursive: true });
  }
}

/** Events a second, with more and more members. */
async function workOff({ url, run, events, distinct, env }: World, report: Report): Promise<number> {
  const members: Started[] = [];
  let growing: Promise<void> = Promise.resolve();
  let over = false;
  const grow = async () => {
    while (members.length < MEMBERS && !over) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      members.push(await ready("trend", env));
    }
  };
  try {
    const from = performance.now();
    const askAll = () => Promise.all(members.map((one) => consumerOf(one.url())));
    const done = async () => (await askAll()).reduce((sum, { handled }) => sum + handled, 0) >= events;
    members.push(await ready("trend", env));
    growing = grow();
    growing.catch(() => {});
    await until(done, 500, GIVE_UP_MS);
    const [speed, there] = [perSecond(events, performance.now() - from), members.length];
    await growing;
    const each = (await askAll()).map(({ handled }) => show(handled)).join(", ");
    const peaks = await Promise.all(members.map(({ pid }) => peakOf(pid)));
    report.keep("worked_off", speed, "1/s");
    report.keep("peak_memory", Math.max(...peaks), "MB");
    report.say(
      `a backlog of ${show(events)} views in ${PARTITIONS} partitions, one more member every ${
        PAUSE_MS / 1_000
      } s up ` +
        `to ${MEMBERS}: ${showRate(speed)}, with ${there} of them at the end; handled ${each}; ` +
        `peak memory ${peaks.join(", ")} MB; counted ${show(await countOf(url, `b${run}_trend`))} ` +
        `of ${show(distinct)} different ones`,
    );
    return speed;
  } finally {
    over = true;
    await growing.catch(() => {});
    await killAll(members);
  }
}

const show = (count: number): string => count.toLocaleString("en");

/** How many views the trends count: one a reader, book and hour. */
function countDistinct(events: number, timeMs: number): number {
  const distinct = new Set<string>();
  for (const part of actsInParts(events)) {
    for (const { reader, book } of part) distinct.add(`${reader} ${book} ${hourOf(timeMs)}`);
  }
  return distinct.size;
}

/** The most memory that a process had so far, in megabytes. */
async function peakOf(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("grep", { args: ["VmHWM", `/proc/${pid}/status`] }).output();
  return Math.round(Number(/\d+/.exec(new TextDecoder().decode(stdout))![0]) / 1_024);
}

async function countOf(url: string, name: string): Promise<number> {
  const connection = await createConnection({ uri: url });
  const [rows] = await connection.query("SELECT SUM(count) AS n FROM ??.bucket WHERE subject = 'book'", [name]);
  await connection.end();
  return Number((rows as { n: unknown }[])[0]!.n);
}
