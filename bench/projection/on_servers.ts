/**
 * The projections over a backlog of views on Kafka: as the services run them, the trends also without positions and guards, and
 * as tutorials do it, beside a bare consumer that only counts. Each is a process of its own.
 */
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { dropDatabases } from "@/tests/support/databases/mysql.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { besideKafkajs, runKafkajs, showShares } from "@/bench/bare/beside.ts";
import { type Report, showRate, showShare } from "@/bench/report.ts";
import type { Servers } from "@/bench/servers.ts";
import { runWay } from "./way.ts";

const PARTITIONS = 6;
/** The tutorials' way is slow; its rate shows on fewer messages. */
const ONE_BY_ONE = 5_000;

export async function benchProjections({ brokers, url }: Servers, messages: number, report: Report): Promise<void> {
  const run = crypto.randomUUID().slice(0, 8);
  const prefix = `p${run}.`;
  const kafka = { brokers: brokers.split(","), clientId: "bench", prefix, logger };
  await ensureTopics(kafka, [TOPICS.activityEvents, TOPICS.catalogEvents], { partitions: PARTITIONS });
  const topic = { brokers, topic: prefix + TOPICS.activityEvents, messages };
  await runKafkajs({ work: "produce", patched: true, ...topic });

  const folder = await Deno.makeTempDir();
  const server = { DATA_DIR: folder, KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix, MYSQL_URL: url };
  const settings = { ...server, MYSQL_PREFIX: `p${run}_` };
  const bareSettings = { ...server, MYSQL_PREFIX: `p${run}_unguarded_` };
  const single = { name: "single" as const, settings, messages, database: `p${run}_single` };
  try {
    const { result: { trend, unguarded, recommendation }, bare } = await besideKafkajs(
      { work: "consume", ...topic },
      report,
      async () => ({
        trend: await runWay({ name: "trend", settings, messages }),
        unguarded: await runWay({ name: "unguarded", settings: bareSettings, messages, topic }),
        recommendation: await runWay({ name: "recommendation", settings, messages }),
      }),
    );
    const oneByOne = await runWay({ ...single, topic: { ...topic, messages: Math.min(ONE_BY_ONE, messages) } });
    report.keep("trend", trend, "1/s");
    report.keep("trend_unguarded", unguarded, "1/s");
    report.keep("recommendation", recommendation, "1/s");
    report.keep("one_upsert_a_message", oneByOne, "1/s");
    report.say(
      `trend projection of ${messages} views: ${showRate(trend)}, ${showShares(trend, bare)}; without positions and ` +
        `guards ${showRate(unguarded)} (with them ${
          showShare(trend, unguarded)
        } of it); one upsert a message, at least ` +
        `once ${showRate(oneByOne)} (here ${(trend / oneByOne).toFixed(1)} times as fast)`,
    );
    report.say(
      `recommendation projection of the same views: ${showRate(recommendation)}, ${showShares(recommendation, bare)}`,
    );
  } finally {
    await dropDatabases(url, ["trend", "unguarded_trend", "recommendation", "single"].map((one) => `p${run}_${one}`));
    await Deno.remove(folder, { recursive: true });
  }
}
