import type { Batch, KafkaMessage } from "kafkajs";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { positionAfter } from "@/adapters/kafka/offsets/position.ts";

/** Returns the messages of a batch. The last one's `next` is after the whole batch, which may end in transaction markers. */
export const messagesOf = (topic: string, batch: Batch): Incoming[] =>
  batch.messages.map((one, at) => {
    const end = at === batch.messages.length - 1 ? batch.lastOffset() : one.offset;
    return incomingOf({ topic, partition: batch.partition }, one, end);
  });

/** Converts a message of kafkajs. A header with several values keeps the first. */
const incomingOf = (
  place: { topic: string; partition: number },
  { offset, key, value, headers, timestamp }: KafkaMessage,
  end: string,
): Incoming => ({
  ...place,
  position: offset,
  next: positionAfter({ offset: end, timestamp, last: offset }),
  key,
  value,
  headers: textsOf(headers),
  timestamp: Number(timestamp),
});

function textsOf(headers: KafkaMessage["headers"]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const text = headers[name];
    texts[name] = String(Array.isArray(text) ? text[0] : text ?? "");
  }
  return texts;
}
