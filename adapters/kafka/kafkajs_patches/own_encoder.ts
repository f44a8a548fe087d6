import Encoder from "kafkajs/encoder";
import produceRequests from "kafkajs/produce";
import { writeRecordBatch, type WrittenMessage } from "@/adapters/kafka/records/record_writer.ts";

/** The part of kafkajs' encoder and requests that the patch uses. */
type Encoder = {
  writeString(text: string | null): Encoder;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeBuffer(bytes: Uint8Array): Encoder;
};
type ProduceArguments = {
  acks: number;
  timeout: number;
  compression?: number;
  transactionalId?: string | null;
  producerId?: { toString(): string } | number;
  producerEpoch?: number;
  topicData: {
    topic: string;
    partitions: { partition: number; firstSequence?: number; messages: WrittenMessage[] }[];
  }[];
};
type Made = { request: { encode(): Promise<unknown> } };
type ProduceRequests = { protocol(of: { version: number }): (asked: ProduceArguments) => Made };

/** The first version of the produce request with record batches. */
const FIRST_VERSION = 3;

let patched = false;

/**
 * kafkajs 2.2.4 allocates 512 bytes for every record and every header, and copies each twice. That is most of the cost of producing
 * CloudEvents with their ten headers. The patch writes all records of a partition into one buffer.
 */
export function patchEncoder(): void {
  if (patched) return;
  patched = true;
  const requests = produceRequests as ProduceRequests;
  const { protocol } = requests;
  requests.protocol = ({ version }) => (asked) => {
    const made = protocol({ version })(asked);
    const plain = (asked.compression ?? 0) === 0 && (asked.transactionalId ?? null) === null;
    if (version < FIRST_VERSION || !plain) return made;
    return { ...made, request: { ...made.request, encode: () => Promise.resolve(encode(asked)) } };
  };
}

function encode({ acks, timeout, producerId, producerEpoch = 0, topicData }: ProduceArguments): Encoder {
  const make = Encoder as { new (): Encoder };
  const request = new make().writeString(null).writeInt16(acks).writeInt32(timeout).writeInt32(topicData.length);
  for (const { topic, partitions } of topicData) {
    request.writeString(topic).writeInt32(partitions.length);
    for (const { partition, firstSequence = 0, messages } of partitions) {
      const producer = { id: BigInt(String(producerId ?? -1)), epoch: producerEpoch, firstSequence };
      const batch = writeRecordBatch(messages, producer, Date.now());
      request.writeInt32(partition).writeInt32(batch.length).writeBuffer(batch);
    }
  }
  return request;
}
