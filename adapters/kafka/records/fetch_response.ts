import { messageOf } from "@/application/faults.ts";
import { ByteReader } from "./byte_reader.ts";
import { isOldFormat } from "./record_batch.ts";
import { type Aborted, readRecordSet, type UndecodableBatch } from "./record_set.ts";
import type { DecodedRecord } from "./records.ts";

/** The fetch offset of each partition, by `topic/partition`. */
export type Offsets = Map<string, number>;
/** Decodes records of a message format before Kafka 0.11. */
export type DecodeOldFormat = (bytes: Uint8Array) => Promise<DecodedRecord[]>;

/** One partition of a fetch response. `stuck`: why nothing after its records can be decoded. */
type FetchedPartition = {
  partition: number;
  errorCode: number;
  highWatermark: string;
  abortedTransactions: [];
  preferredReadReplica: number;
  messages: DecodedRecord[];
  stuck?: Stuck;
};
export type Stuck = Omit<UndecodableBatch, "bytes"> & { bytes: Uint8Array | undefined };
type FetchResponse = {
  throttleTime: number;
  clientSideThrottleTime?: number;
  errorCode: number;
  sessionId: number;
  responses: { topicName: string; partitions: FetchedPartition[] }[];
};

/** The first version of the response that has each field, and the first one with which the client itself waits when throttled. */
const HAS_START_OFFSET = 5;
const HAS_SESSION = 7;
const CLIENT_WAITS = 8;
const HAS_REPLICA = 11;

/** The approximate memory for the records of one response. Partitions beyond it are fetched again. */
const MAX_RESPONSE_BYTES = 32 * 2 ** 20;

/** Errors of a single partition that a metadata refresh does not fix. kafkajs would discard the whole response for one of them. */
const OWN_ERRORS = new Map([
  [-1, "the broker cannot read it (UNKNOWN_SERVER_ERROR)"],
  [2, "the broker finds it damaged (CORRUPT_MESSAGE)"],
  [29, "the broker does not let this user read the topic (TOPIC_AUTHORIZATION_FAILED)"],
  [43, "the broker's format of messages is too old (UNSUPPORTED_FOR_MESSAGE_FORMAT)"],
  [76, "the broker does not send what it is compressed with (UNSUPPORTED_COMPRESSION_TYPE)"],
]);

/** Decodes a fetch response of version 4 to 11. An undecodable batch affects only its own partition. */
export async function decodeFetchResponse(
  payload: Uint8Array,
  { version, offsets, decodeOldFormat }: { version: number; offsets: Offsets; decodeOldFormat: DecodeOldFormat },
): Promise<FetchResponse> {
  const reader = new ByteReader(payload);
  const throttleTime = reader.int32();
  const [errorCode, sessionId] = version >= HAS_SESSION ? [reader.int16(), reader.int32()] : [0, 0];
  const responses: FetchResponse["responses"] = [];
  let left = MAX_RESPONSE_BYTES;
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topicName = reader.text();
    const partitions: FetchedPartition[] = [];
    for (let count = reader.int32(); count > 0; count--) {
      const { set, aborted, ...head } = readPartition(reader, version);
      const from = offsets.get(`${topicName}/${head.partition}`) ?? 0;
      const { bytes, ...decoded } = await decodePartition(set, {
        from,
        aborted,
        maxBytes: left,
        decodeOldFormat,
        ...head,
      });
      left -= bytes;
      partitions.push({ ...head, ...decoded });
    }
    responses.push({ topicName, partitions });
  }
  return {
    ...(version >= CLIENT_WAITS ? { throttleTime: 0, clientSideThrottleTime: throttleTime } : { throttleTime }),
    errorCode,
    sessionId,
    responses,
  };
}

type Head = Omit<FetchedPartition, "messages" | "stuck">;

function readPartition(reader: ByteReader, version: number): Head & { set: Uint8Array; aborted: Aborted[] } {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = String(reader.int64());
  reader.int64(); // The last stable offset.
  if (version >= HAS_START_OFFSET) reader.int64();
  const aborted = Array.from(
    { length: Math.max(0, reader.int32()) },
    () => ({ producerId: reader.int64(), firstOffset: reader.int64() }),
  );
  const preferredReadReplica = version >= HAS_REPLICA ? reader.int32() : -1;
  const set = reader.bytes(Math.max(0, reader.int32()));
  return { partition, errorCode, highWatermark, abortedTransactions: [], preferredReadReplica, set, aborted };
}

type PartitionDeps = {
  from: number;
  aborted: Aborted[];
  maxBytes: number;
  errorCode: number;
  decodeOldFormat: DecodeOldFormat;
};

async function decodePartition(
  set: Uint8Array,
  { from, aborted, maxBytes, errorCode, decodeOldFormat }: PartitionDeps,
): Promise<{ messages: DecodedRecord[]; bytes: number; errorCode: number; stuck?: Stuck }> {
  const refusal = OWN_ERRORS.get(errorCode);
  const stuck = (reason: string) => ({ first: from, next: undefined, reason, bytes: undefined });
  if (refusal !== undefined) return { messages: [], bytes: 0, errorCode: 0, stuck: stuck(refusal) };
  if (maxBytes <= 0) return { messages: [], bytes: 0, errorCode };
  if (isOldFormat(set)) {
    return await decodeOldFormat(set).then(
      (messages) => ({ messages, bytes: set.length, errorCode }),
      (error) => ({ messages: [], bytes: 0, errorCode, stuck: stuck(messageOf(error)) }),
    );
  }
  const { records, bytes, undecodable } = await readRecordSet(set, { from, aborted, maxBytes });
  return { messages: records, bytes, errorCode, ...(undecodable === undefined ? {} : { stuck: undecodable }) };
}
