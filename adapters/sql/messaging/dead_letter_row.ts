import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { DeadLetter, StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterFilter } from "@/application/messaging/dead_letters/ports.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Value } from "@/adapters/sql/statements.ts";

/** Returns a dead letter's stored values by column. */
const columnsOf = ({ message, ...deadLetter }: DeadLetter): Record<string, Value> => ({
  consumer: deadLetter.consumer,
  version: deadLetter.version,
  log_id: deadLetter.logId,
  topic: message.topic,
  partition: message.partition,
  position: message.position,
  next: message.next,
  key: message.key,
  headers: JSON.stringify(message.headers),
  value: message.value,
  timestamp: message.timestamp,
  reason: deadLetter.reason,
  detail: deadLetter.detail,
  attempts: deadLetter.attempts,
  at: deadLetter.at,
  ordered: deadLetter.ordered ? 1 : 0,
});

/** Returns the columns of a dead letter, and their values. */
export function rowOf(deadLetter: DeadLetter): { columns: string; values: Value[] } {
  const row = columnsOf(deadLetter);
  return { columns: Object.keys(row).map((name) => `\`${name}\``).join(", "), values: Object.values(row) };
}

/** Returns the conditions of a filter, with their values. */
export function conditionsOf({ consumer, version, topic, key }: DeadLetterFilter): { sql: string; values: Value[] } {
  const wanted = { consumer, version, topic, key: key === undefined ? undefined : Uint8Array.fromHex(key) };
  const conditions = Object.entries(wanted).flatMap(([name, value]) => value === undefined ? [] : [{ name, value }]);
  return {
    sql: conditions.map(({ name }) => ` AND \`${name}\` = ?`).join(""),
    values: conditions.map(({ value }) => value),
  };
}

/** Returns the name of the key in a row. */
export const keyNameOf = (row: Row): string => keyName(row.key as Uint8Array);

/** Converts a row of `letter`. */
export const deadLetterOf = (row: Row): StoredDeadLetter => ({
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
});
