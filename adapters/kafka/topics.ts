import type { Admin } from "kafkajs";
import type { Clock } from "@/application/ports.ts";
import { faultOf } from "@/adapters/kafka/connection/reach.ts";
import {
  createClient,
  type KafkaConnection,
  METADATA_AGE_MS,
  prefixTopic,
} from "@/adapters/kafka/connection/client.ts";

/** The settings of new topics. Without `replicas` or `retentionMs` the broker's default applies. */
export type TopicOptions = { partitions: number; replicas?: number | undefined; retentionMs?: number | undefined };

/** An existing topic that differs from the settings. */
type Difference = { topic: string; setting: string; found: string; wanted: string };

/** The protocol's resource type of a topic (kafkajs' ConfigResourceTypes). */
const TOPIC = 2;

/**
 * Creates the missing topics and returns how the existing ones differ from the settings. Any number of processes may do so at
 * once. Partition counts are not compared, as more partitions are fine.
 */
export async function ensureTopics(
  deps: KafkaConnection,
  topics: string[],
  options: TopicOptions,
): Promise<Difference[]> {
  return await asAdmin(deps, async (admin) => {
    const { existing, missing } = await splitByExistence(admin, deps, topics);
    if (missing.length > 0) await make(admin, missing.map(({ onCluster }) => onCluster), options);
    return await differences(admin, existing.map(({ onCluster }) => onCluster), options);
  });
}

/** An existing topic. `differences`: the settings with which it keeps less than the options ask for. */
export type TopicState = {
  name: string;
  partitions: number;
  replicas: number;
  retentionMs: number | undefined;
  differences: Difference[];
};

/** Describes the existing ones of the topics. */
export async function describeTopics(
  deps: KafkaConnection,
  topics: string[],
  options: TopicOptions,
): Promise<TopicState[]> {
  const describing = asAdmin(deps, async (admin) => {
    const { existing } = await splitByExistence(admin, deps, topics);
    if (existing.length === 0) return [];
    const names = existing.map(({ onCluster }) => onCluster);
    const found = await admin.fetchTopicMetadata({ topics: names });
    const differing = await differences(admin, names, options);
    const retention = await configsOf(admin, names, ["retention.ms"]);
    return existing.map(({ name, onCluster: topic }) => {
      const { partitions } = found.topics.find((one) => one.name === topic)!;
      const kept = retention.find((one) => one.topic === topic)?.found;
      return {
        name,
        partitions: partitions.length,
        replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        retentionMs: kept === undefined ? undefined : Number(kept),
        differences: differing.filter((one) => one.topic === topic),
      };
    });
  });
  return await describing.catch((error) => Promise.reject(faultOf(error)));
}

/**
 * Raises a topic's partitions to `count`. Resolves once each has a leader and every client has refreshed its metadata.
 * Keys are redistributed: later messages of a key may go to another partition than the earlier ones.
 */
export async function addPartitions(
  { clock, ...deps }: KafkaConnection & { clock: Clock },
  topic: string,
  count: number,
): Promise<void> {
  await asAdmin(deps, async (admin) => {
    const name = prefixTopic(deps, topic);
    await admin.createPartitions({ topicPartitions: [{ topic: name, count }] });
    for (let tries = 0;; tries++) {
      const { topics: [found] } = await admin.fetchTopicMetadata({ topics: [name] });
      if (found?.partitions.length === count && found.partitions.every(({ leader }) => leader >= 0)) break;
      if (tries === LEADER_TRIES) throw new Error(`${topic}: its new partitions have no leaders yet`);
      await clock.sleep(LEADER_PAUSE_MS);
    }
  });
  // A client may have refreshed its metadata just before.
  await clock.sleep(METADATA_AGE_MS + LEADER_PAUSE_MS);
}

const LEADER_PAUSE_MS = 250;
const LEADER_TRIES = 80;

/** Splits topics by whether they exist on the cluster, and adds their names there. */
async function splitByExistence(admin: Admin, deps: KafkaConnection, topics: string[]) {
  const known = new Set(await admin.listTopics());
  const all = topics.map((name) => ({ name, onCluster: prefixTopic(deps, name) }));
  return {
    existing: all.filter(({ onCluster }) => known.has(onCluster)),
    missing: all.filter(({ onCluster }) => !known.has(onCluster)),
  };
}

async function asAdmin<Value>(deps: KafkaConnection, work: (admin: Admin) => Promise<Value>): Promise<Value> {
  const admin = createClient(deps).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Returns half of the replicas, rounded up: a write survives the loss of the others. */
const minInSync = (replicas: number): number => Math.ceil(replicas / 2);

/** Returns the options as topic configs. `cleanup.policy` is always set, as compaction by a broker's default would lose events. */
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

/** Another process may have created a topic, and a new topic is not yet known to every broker. Users of the topic retry anyway. */
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

/** Returns the configs with which topics keep less than the settings ask for. */
const configDifferences = async (admin: Admin, names: string[], wanted: Record<string, string>) =>
  (await configsOf(admin, names, Object.keys(wanted))).flatMap(({ topic, setting, found }): Difference[] =>
    keepsEnough(setting, found, wanted[setting]!) ? [] : [{ topic, setting, found, wanted: wanted[setting]! }]
  );

/** Returns the named configs of topics. Returns none when this client is not authorized to read them. */
async function configsOf(admin: Admin, names: string[], configNames: string[]): Promise<Omit<Difference, "wanted">[]> {
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: TOPIC, name, configNames })),
  }).catch((error) => {
    if (/AUTHORIZATION_FAILED/.test(String((error as { type?: string }).type))) return { resources: [] };
    throw error;
  });
  return described.resources.flatMap(({ resourceName: topic, configEntries }) =>
    configEntries.map(({ configName: setting, configValue: found }) => ({ topic, setting, found }))
  );
}

function keepsEnough(setting: string, found: string, wanted: string): boolean {
  if (setting === "cleanup.policy") return found === wanted;
  // A retention of -1 means for ever.
  return Number(found) >= Number(wanted) || (setting === "retention.ms" && Number(found) === -1);
}
