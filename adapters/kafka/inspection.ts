import type { Clock } from "@/application/ports.ts";
import type { LogInspection, UnreadableRecord } from "@/application/messaging/dead_letters/ports.ts";
import { createClient, type KafkaConnection, prefixTopic } from "@/adapters/kafka/connection/client.ts";
import { stuckOf } from "./kafkajs_patches/own_decoder.ts";
import { positionOf } from "@/adapters/kafka/offsets/position.ts";
import type { Stuck } from "./records/fetch_response.ts";
import { endsOf, type Watermarks } from "@/adapters/kafka/offsets/watermarks.ts";

/** How long to wait for the first batch. When none arrives, nothing is stuck. */
const MAX_WAIT_MS = 15_000;
/** The bytes of larger batches are not stored, as they exceed one SQL statement (see MAX_RECORD_BYTES). */
const MAX_KEPT_BYTES = 6 * 2 ** 20;
/** The content type of a whole batch that is stored as a dead letter. */
const BATCH_TYPE = "application/vnd.kafka.record-batch";

/** Inspects the next record of a consumer, as a member of a group that is used once. */
export function createInspection(deps: KafkaConnection & { clock: Clock }, watermarks: Watermarks): LogInspection {
  return {
    async unreadableAt(cursor) {
      const topic = prefixTopic(deps, cursor.topic);
      const { low, high } = endsOf(await watermarks.of(topic), topic, cursor.partition);
      const wanted = cursor.next === undefined ? BigInt(low) : positionOf(cursor.next).offset;
      const offset = wanted < BigInt(low) ? low : String(wanted);
      if (BigInt(offset) >= BigInt(high)) return undefined;
      const stuck = await readOne(deps, { topic, partition: cursor.partition, offset });
      return stuck === undefined ? undefined : recordOf(stuck);
    },
  };
}

type PartitionOffset = { topic: string; partition: number; offset: string };

/** Fetches from an offset of one partition. Returns why its record cannot be decoded, or undefined when it can. */
async function readOne(
  { clock, ...deps }: KafkaConnection & { clock: Clock },
  { topic, partition, offset }: PartitionOffset,
): Promise<Stuck | undefined> {
  const consumer = createClient(deps).consumer({
    groupId: prefixTopic(deps, `inspection-${crypto.randomUUID()}`),
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 500,
  });
  const found = Promise.withResolvers<Stuck | undefined>();
  const ended = new AbortController();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    const others = memberAssignment[topic]?.filter((one) => one !== partition) ?? [];
    if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
    consumer.seek({ topic, partition, offset });
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error } }) => found.reject(error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch({ batch }) {
        if (batch.partition === partition) found.resolve(stuckOf(batch.messages[0]!));
        return Promise.resolve();
      },
    });
    return await Promise.race([found.promise, clock.sleep(MAX_WAIT_MS, ended.signal).then(() => undefined)]);
  } finally {
    ended.abort();
    await consumer.disconnect();
  }
}

/** Converts an undecodable batch, from its first undecodable offset on. */
function recordOf({ first, next, reason, bytes }: Stuck): UnreadableRecord {
  const isKept = bytes !== undefined && bytes.length <= MAX_KEPT_BYTES;
  return {
    position: String(first),
    next: next === undefined ? undefined : String(next),
    reason: bytes === undefined || isKept ? reason : `${reason}; its ${bytes.length} bytes are too many to be kept`,
    key: null,
    headers: { "content-type": BATCH_TYPE },
    value: isKept ? new Uint8Array(bytes) : null,
    timestamp: 0,
  };
}
