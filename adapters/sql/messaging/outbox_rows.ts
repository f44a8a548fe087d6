/**
 * Rows of the outbox. Each holds a pack of messages. Versions before packs had one message per row, and so has this one while
 * a relay of such a version may run. Both are in one table, so that one sequence orders all rows.
 */
import { nameOf, sizeOf } from "@/application/messaging/outbox/packs.ts";
import type { OutboxRow } from "@/application/messaging/outbox/ports.ts";
import { PACK_READER } from "@/application/messaging/outbox/relay_owner.ts";
import { RELAY_LEASES, SHARD } from "@/application/messaging/outbox/shard_leases.ts";
import { shardOf, SHARDS } from "@/application/messaging/outbox/shards.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { Clock } from "@/application/ports.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { unpackMessages } from "./pack.ts";

/** The topic and headers of a pack's row. A relay of a version before packs fails on them, so it skips no messages. */
export const PACK = { topic: "", headers: "" };

/** How often a process checks whether all relays read packs. */
const CHECK_INTERVAL_MS = 1_000;
/** The deployment setting that packs are used. A move does not copy it, as each database has its own. */
export const PACKS_NOTE = "outbox-packs";

/**
 * Returns a function that tells whether all relays read packs: each shard is leased by one that does. A relay of an earlier version
 * may be between two leases when a shard has none. The result is stored for good: a downgrade needs an empty outbox.
 */
export function followRelays(clock: Clock): (statements: Statements) => Promise<boolean> {
  let isStored = false;
  let checkedAt = -Infinity;
  return async (statements) => {
    if (isStored || elapsedMs(clock, checkedAt) < CHECK_INTERVAL_MS) return isStored;
    checkedAt = clock.now();
    isStored = await statements.get("SELECT name FROM deployment WHERE name = ?", [PACKS_NOTE]) !== undefined;
    // The setting counts once it is read back, as this transaction may be rolled back.
    if (!isStored && await allReadPacks(statements)) {
      const sql = `INSERT INTO deployment (name, value) VALUES (?, 'on') ${statements.dialect.ignore("name")}`;
      await statements.run(sql, [PACKS_NOTE]);
    }
    return isStored;
  };
}

async function allReadPacks({ all, dialect }: Statements): Promise<boolean> {
  const leases = await all(
    `SELECT name, owner FROM lease WHERE SUBSTR(name, 1, ?) = ? AND owner <> '' AND until > ${dialect.now}`,
    [RELAY_LEASES.length, RELAY_LEASES],
  );
  return leases.every(({ owner }) => String(owner).startsWith(PACK_READER)) &&
    leases.filter(({ name }) => String(name).startsWith(SHARD)).length === SHARDS;
}

export async function addSingly({ dialect, runRows }: Statements, messages: Outgoing[]): Promise<void> {
  const rows = messages.map((message) => {
    const { topic, key, headers, value } = message;
    return [topic, key, JSON.stringify(headers), value, shardOf(key), sizeOf(message), dialect.stamp()];
  });
  await runRows("INSERT INTO outbox (topic, `key`, headers, value, shard, bytes, added) VALUES ?", rows);
}

/** Returns the messages of a row that are not sent yet: the last `waiting` ones. */
export function messagesIn({ row, waiting, topic, key, headers, value }: Row): OutboxRow[] {
  const all = String(topic) === PACK.topic ? unpackMessages(value as Uint8Array) : [{
    topic: String(topic),
    key: key as Uint8Array | null,
    headers: JSON.parse(String(headers)),
    value: value as Uint8Array | null,
  }];
  return all.slice(all.length - Number(waiting)).map((message, at, { length }) => ({
    row: nameOf(Number(row), length - at),
    message,
  }));
}
