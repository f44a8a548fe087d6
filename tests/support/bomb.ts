import { CompressionTypes } from "kafkajs";
import { createClient, type KafkaConnection } from "@/adapters/kafka/client.ts";
import { MAX_BATCH_BYTES } from "@/adapters/kafka/records/records.ts";

/** A valid record of some kilobytes that decompresses to more than a consumer takes. A broker takes it. */
export async function sendBomb(parts: KafkaConnection, topic: string, partition: number): Promise<void> {
  const producer = createClient(parts).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const messages = [{ key: "bomb", value: Buffer.alloc(MAX_BATCH_BYTES), partition }];
  await producer.send({ topic, compression: CompressionTypes.GZIP, messages });
  await producer.disconnect();
}
