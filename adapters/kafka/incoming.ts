import type { KafkaMessage } from "kafkajs";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { positionAfter } from "./position.ts";

/** A message as the client gives it. Of a header with several values the first counts. */
export const incomingOf = (
  topic: string,
  partition: number,
  { offset, key, value, headers, timestamp }: KafkaMessage,
): Incoming => ({
  topic,
  partition,
  position: offset,
  next: positionAfter({ offset, timestamp }),
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
