/**
 * A million views in 24 partitions, worked off by a trend service that grows from one process to six meanwhile: how fast, with how
 * much memory, and whether every count is right in the end.
 */
import { createConnection } from "mysql2";
import { ensureTopics } from "@/adapters/kafka/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { hourOf } from "@/domain/hours.ts";
import { dropDatabases } from "@/tests/support/mysql.ts";
import { killAll, ready, type Started } from "@/tests/support/processes.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { acts } from "./acts.ts";
import { consumerOf } from "./handled.ts";
import { messagesOf, produce } from "./kafka.ts";
import { rate, until } from "./report.ts";

const EVENTS = 1_000_000;
const PART = 50_000;
const PARTITIONS = 24;
const MEMBERS = 6;
/** Milliseconds until the next member comes. */
const PAUSE = 10_000;

/** Prints a line for each figure. */
export async function benchBacklog(name: string, brokers: string, url: string): Promise<void> {
  const run = crypto.randomUUID().slice(0, 8);
  const prefix = `b${run}.`;
  const kafka = { brokers: brokers.split(","), clientId: "bench", prefix, logger, clock };
  await ensureTopics(kafka, [TOPICS.activityEvents, TOPICS.catalogEvents], PARTITIONS);
  const distinct = new Set<string>();
  let producing = 0;
  for (let from = 0; from < EVENTS; from += PART) {
    const [part, time] = [acts(PART, from), Date.now()];
    for (const { reader, book } of part) distinct.add(`${reader} ${book} ${hourOf(time)}`);
    producing += await produce(brokers, prefix + TOPICS.activityEvents, messagesOf(part, time));
  }
  const folder = await Deno.makeTempDir();
  const names = { KAFKA_PREFIX: prefix, MYSQL_PREFIX: `b${run}_` };
  const env = { DATA_DIR: folder, KAFKA_BROKERS: brokers, MYSQL_URL: url, ...names, TREND_MIN_READERS: "1" };
  const members: Started[] = [];
  let growing: Promise<void> = Promise.resolve();
  let over = false;
  try {
    const from = performance.now();
    const all = () => Promise.all(members.map((one) => consumerOf(one.url())));
    const done = async () => (await all()).reduce((sum, { handled }) => sum + handled, 0) >= EVENTS;
    members.push(await ready("trend", env));
    growing = (async () => {
      while (members.length < MEMBERS && !over) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        members.push(await ready("trend", env));
      }
    })();
    growing.catch(() => {});
    await until(done, 500, 900_000);
    const [took, there] = [performance.now() - from, members.length];
    await growing;
    const each = (await all()).map(({ handled }) => handled.toLocaleString("en")).join(", ");
    const peaks = await Promise.all(members.map(({ pid }) => peakOf(pid)));
    const counted = await countOf(url, `b${run}_trend`);
    console.log(
      `\n${name}: a backlog of ${
        EVENTS.toLocaleString("en")
      } views in ${PARTITIONS} partitions, one more member every ${PAUSE / 1_000} s up to ${MEMBERS}: ${
        rate(EVENTS, took)
      } (bare kafkajs produced them at ${rate(EVENTS, producing)}), with ${there} of ` +
        `them at the end; handled ${each}; peak memory ${peaks.join(", ")} MB; counted ${
          counted.toLocaleString("en")
        } of ${distinct.size.toLocaleString("en")} different ones`,
    );
  } finally {
    over = true;
    await growing.catch(() => {});
    await killAll(members);
    await dropDatabases(url, [`b${run}_trend`]);
    await Deno.remove(folder, { recursive: true });
  }
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
