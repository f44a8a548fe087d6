import type { Admin } from "kafkajs";
import { createClient, type KafkaConnection, prefixTopic } from "./client.ts";

/** How topics are made. Without `replicas` or `retentionMs` the broker's default counts. */
export type TopicOptions = { partitions: number; replicas?: number | undefined; retentionMs?: number | undefined };

/** An existing topic that differs from the settings. */
type Difference = { topic: string; setting: string; found: string; wanted: string };

/** The resource type of a topic in the protocol (ConfigResourceTypes of kafkajs). */
const TOPIC = 2;

/**
 * Makes the topics that are missing, and returns how those that were there differ; any number of processes may do so at once.
 * Partitions are never compared, as more of them are right too.
 */
export async function ensureTopics(
  deps: KafkaConnection,
  topics: string[],
  options: TopicOptions,
): Promise<Difference[]> {
  const admin = createClient(deps).admin();
  await admin.connect();
  try {
    const known = new Set(await admin.listTopics());
    const names = topics.map((topic) => prefixTopic(deps, topic));
    const missing = names.filter((topic) => !known.has(topic));
    if (missing.length > 0) await make(admin, missing, options);
    return await differences(admin, names.filter((topic) => known.has(topic)), options);
  } finally {
    await admin.disconnect();
  }
}

/** With half of the replicas, rounded up, a write outlives the loss of the others. */
const minInSync = (replicas: number): number => Math.ceil(replicas / 2);

/** The broker's names of what the options say. Compaction would lose events, so it is never left to the broker's default. */
const configOf = ({ replicas, retentionMs }: TopicOptions): Record<string, string> => ({
  "cleanup.policy": "delete",
  ...(retentionMs === undefined ? {} : { "retention.ms": String(retentionMs) }),
  ...(replicas === undefined ? {} : { "min.insync.replicas": String(minInSync(replicas)) }),
});

async function make(admin: Admin, names: string[], options: TopicOptions): Promise<void> {
  const configEntries = Object.entries(configOf(options)).map(([name, value]) => ({ name, value }));
  const { partitions: numPartitions, replicas } = options;
  await admin.createTopics({
    topics: names.map((topic) => ({
      topic,
      numPartitions,
      ...(replicas === undefined ? {} : { replicationFactor: replicas }),
      configEntries,
    })),
    waitForLeaders: true,
  }).catch(ignoreHarmless);
}

/**
 * Another process may have made a topic, and a new one is not yet known to every part of the broker. Neither is a failure, as
 * whoever uses the topic tries again.
 */
const HARMLESS = new Set(["TOPIC_ALREADY_EXISTS", "UNKNOWN_TOPIC_OR_PARTITION"]);

function ignoreHarmless(error: unknown): void {
  const { type, errors = [] } = error as { type?: string; errors?: { type?: string }[] };
  const types = errors.length > 0 ? errors.map((one) => one.type) : [type];
  if (!types.every((one) => HARMLESS.has(one ?? ""))) throw error;
}

async function differences(admin: Admin, names: string[], options: TopicOptions): Promise<Difference[]> {
  if (names.length === 0) return [];
  const { replicas } = options;
  const found: Difference[] = [];
  if (replicas !== undefined) {
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    for (const { name, partitions } of topics) {
      const least = Math.min(...partitions.map((one) => one.replicas.length));
      if (least < replicas) found.push({ topic: name, setting: "replicas", found: `${least}`, wanted: `${replicas}` });
    }
  }
  return [...found, ...await configDifferences(admin, names, configOf(options))];
}

/** Settings of topics that keep less than was asked for. None where this client may not look. */
async function configDifferences(
  admin: Admin,
  names: string[],
  wanted: Record<string, string>,
): Promise<Difference[]> {
  const configNames = Object.keys(wanted);
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: TOPIC, name, configNames })),
  }).catch((error) => {
    if (/AUTHORIZATION_FAILED/.test(String((error as { type?: string }).type))) return { resources: [] };
    throw error;
  });
  return described.resources.flatMap(({ resourceName: topic, configEntries }) =>
    configEntries.flatMap(({ configName: setting, configValue: found }) =>
      keepsEnough(setting, found, wanted[setting]!) ? [] : [{ topic, setting, found, wanted: wanted[setting]! }]
    )
  );
}

function keepsEnough(setting: string, found: string, wanted: string): boolean {
  if (setting === "cleanup.policy") return found === wanted;
  // -1 keeps for ever.
  return Number(found) >= Number(wanted) || (setting === "retention.ms" && Number(found) === -1);
}
