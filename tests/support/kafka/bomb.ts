import { CompressionTypes } from "kafkajs";
import { createClient, type KafkaConnection } from "@/adapters/kafka/connection/client.ts";
import { MAX_BATCH_BYTES } from "@/adapters/kafka/records/records.ts";

/** A valid record of some kilobytes that decompresses to more than a consumer takes. A broker takes it. */
export const sendBomb = (parts: KafkaConnection, topic: string, partition: number): Promise<string> =>
  sendTo(parts, { topic, partition, value: Buffer.alloc(MAX_BATCH_BYTES), compression: CompressionTypes.GZIP });

type Sent = { topic: string; partition: number; value: Buffer; compression?: CompressionTypes };

/** Sends one record in a batch of its own to a partition, and returns its offset. */
export async function sendTo(
  parts: KafkaConnection,
  { topic, partition, value, compression = CompressionTypes.None }: Sent,
): Promise<string> {
  const producer = createClient(parts).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const [sent] = await producer.send({ topic, compression, messages: [{ key: "k", value, partition }] });
  await producer.disconnect();
  return sent!.baseOffset!;
}
