/**
 * The outbox of versions before packs: a row for each message, in the table `outbox`. It is still sent, and still written while a
 * relay of such a version runs, which knows nothing else.
 */
import { sizeOf } from "@/application/messaging/outbox/packs.ts";
import type { OutboxRow } from "@/application/messaging/outbox/ports.ts";
import { PACK_READER } from "@/application/messaging/outbox/relay_owner.ts";
import { SHARD } from "@/application/messaging/outbox/shard_leases.ts";
import { shardOf } from "@/application/messaging/outbox/shards.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { Clock } from "@/application/ports.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** A message with a row of its own. */
export type Single = OutboxRow & { bytes: number; added: number };

/** How often a store looks whether a relay of an earlier version has gone. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Whether no shard has a relay of a version before packs. Once none has, none comes back: going back to such a version wants an empty
 * outbox.
 */
export function followRelays(clock: Clock): (statements: Statements) => Promise<boolean> {
  let packs = false;
  let lookedAt = -Infinity;
  return async ({ get, dialect }) => {
    if (packs || elapsedMs(clock, lookedAt) < LOOK_AGAIN_MS) return packs;
    const earlier = await get(
      `SELECT name FROM lease WHERE SUBSTR(name, 1, ?) = ? AND owner <> '' AND SUBSTR(owner, 1, ?) <> ? AND until > ${dialect.now} LIMIT 1`,
      [SHARD.length, SHARD, PACK_READER.length, PACK_READER],
    );
    packs = earlier === undefined;
    lookedAt = clock.now();
    return packs;
  };
}

/** The names of messages in packs have a dot. */
export const isSingle = (name: string): boolean => !name.includes(".");

export async function addSingly({ dialect, runRows }: Statements, messages: Outgoing[]): Promise<void> {
  const rows = messages.map((message) => {
    const { topic, key, headers, value } = message;
    return [topic, key, JSON.stringify(headers), value, shardOf(key), sizeOf(message), dialect.stamp()];
  });
  await runRows("INSERT INTO outbox (topic, `key`, headers, value, shard, bytes, added) VALUES ?", rows);
}

export async function removeSingles(statements: Statements, names: string[]): Promise<void> {
  if (names.length === 0) return;
  const sql = "DELETE FROM outbox WHERE `row` IN (?)";
  await statements.dialect.deleteIn(statements, sql, "`row`", [], names.map(Number));
}

/** The oldest rows of the shards. There are none but after a change of versions, so that the first question is for one. */
export async function readSingles({ all, get }: Statements, shards: number[], rows: number): Promise<Single[]> {
  if (await get("SELECT `row` FROM outbox LIMIT 1") === undefined) return [];
  const found = await all("SELECT * FROM outbox WHERE shard IN (?) ORDER BY `row` LIMIT ?", [shards, rows]);
  return found.map((row) => ({
    row: String(row.row),
    bytes: Number(row.bytes),
    added: Number(row.added),
    message: {
      topic: String(row.topic),
      key: row.key as Uint8Array | null,
      headers: JSON.parse(String(row.headers)),
      value: row.value as Uint8Array | null,
    },
  }));
}

export const countSingles = async ({ get }: Statements): Promise<number> =>
  Number((await get("SELECT COUNT(*) AS n FROM outbox"))!.n);

export async function singlesAgeMs({ dialect, get }: Statements): Promise<number | undefined> {
  const oldest = await get(`SELECT ${dialect.now} - added AS age FROM outbox ORDER BY \`row\` LIMIT 1`);
  return oldest === undefined ? undefined : Number(oldest.age);
}
