import type { Letter } from "@/application/messaging/ports.ts";
import type { Row } from "./row.ts";

/** A row of `dead_letter`. */
export function letterOf(row: Row): Letter & { id: number } {
  return {
    id: Number(row.id),
    consumer: String(row.consumer),
    message: {
      topic: String(row.topic),
      partition: Number(row.partition),
      position: String(row.position),
      next: String(row.next),
      key: row.key as Uint8Array | null,
      headers: JSON.parse(String(row.headers)),
      value: row.value as Uint8Array | null,
      timestamp: Number(row.timestamp),
    },
    reason: String(row.reason) as Letter["reason"],
    detail: String(row.detail),
    attempts: Number(row.attempts),
    at: Number(row.at),
  };
}
