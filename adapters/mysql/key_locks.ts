import type { Statements } from "@/adapters/sql/statements.ts";

/** The number of locks, which all keys share. */
const SLOTS = 256;

export const KEY_LOCK_SCHEMA: string[] = [
  "CREATE TABLE IF NOT EXISTS key_lock (slot SMALLINT NOT NULL PRIMARY KEY) ENGINE = InnoDB",
  `INSERT IGNORE INTO key_lock (slot) VALUES ${Array.from({ length: SLOTS }, (_, slot) => `(${slot})`).join(", ")}`,
];

/**
 * Locks keys until the transaction ends. Uses a table of lock rows, as a key may have no row of its own yet. One statement locks
 * all of them in one order, so that transactions do not deadlock.
 */
export async function lockKeys(
  { all, dialect }: Statements,
  keys: string[],
  { shared } = { shared: false },
): Promise<void> {
  const slots = [...new Set(keys.map(slotOf))].sort((a, b) => a - b);
  if (slots.length === 0) return;
  await all(
    `SELECT slot FROM key_lock WHERE slot IN (?) ORDER BY slot ${shared ? dialect.forShare : dialect.forUpdate}`,
    [
      slots,
    ],
  );
}

/** Returns the lock of a key: FNV-1a over its UTF-16 units. */
function slotOf(key: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) value = Math.imul(value ^ key.charCodeAt(at), 0x01000193) >>> 0;
  return value % SLOTS;
}
