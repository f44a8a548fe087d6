import type { KafkaMessage } from "kafkajs";
import type { Incoming } from "@/application/messaging/ports.ts";
import { behind } from "./position.ts";

/** A message as the client gives it. Of a header with several values the first counts. */
export const incomingOf = (
  topic: string,
  partition: number,
  { offset, key, value, headers, timestamp }: KafkaMessage,
): Incoming => ({
  topic,
  partition,
  position: offset,
  next: behind({ offset, timestamp }),
  key,
  value,
  headers: Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, text]) => [name, String(Array.isArray(text) ? text[0] : text ?? "")]),
  ),
  timestamp: Number(timestamp),
});
