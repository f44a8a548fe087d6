import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { DeadLetter, StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterFilter } from "@/application/messaging/dead_letters/ports.ts";
import type { Row } from "./row.ts";

export const LETTER_COLUMNS = [
  ...[
    "consumer",
    "version",
    "log_id",
    "topic",
    "partition",
    "position",
    "next",
    "key",
    "headers",
    "value",
    "timestamp",
  ],
  ...["reason", "detail", "attempts", "at", "ordered"],
];

/** The values of a letter's columns. */
export function letterValues(letter: DeadLetter) {
  const { consumer, version, logId, message, reason, detail, attempts, at, ordered } = letter;
  const { topic, partition, position, next, key, headers, value, timestamp } = message;
  return [
    ...[consumer, version, logId, topic, partition, position, next, key, JSON.stringify(headers), value, timestamp],
    ...[reason, detail, attempts, at, ordered ? 1 : 0],
  ];
}

/** What a filter asks of the columns, with its values. */
export function letterFilter({ consumer, version, topic, key }: DeadLetterFilter, quoted: (name: string) => string) {
  const asked = Object.entries({
    consumer,
    version,
    topic,
    key: key === undefined ? undefined : Uint8Array.fromHex(key),
  })
    .flatMap(([name, value]) => value === undefined ? [] : [[name, value] as const]);
  return {
    sql: asked.map(([name]) => ` AND ${quoted(name)} = ?`).join(""),
    values: asked.map(([, value]) => value),
  };
}

/** The name of the key in a row. */
export const keyNameOf = (row: Row): string => keyName(row.key as Uint8Array);

/** A row of `letter`. */
export function letterOf(row: Row): StoredDeadLetter {
  return {
    id: Number(row.id),
    consumer: String(row.consumer),
    version: Number(row.version),
    logId: String(row.log_id),
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
    reason: String(row.reason) as DeadLetter["reason"],
    detail: String(row.detail),
    attempts: Number(row.attempts),
    at: Number(row.at),
    ordered: Number(row.ordered) === 1,
  };
}
