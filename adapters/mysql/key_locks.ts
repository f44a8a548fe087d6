import type { Statements } from "@/adapters/sql/statements.ts";

/** Keys share this many locks. */
const SLOTS = 256;

export const KEY_LOCK_SCHEMA: string[] = [
  "CREATE TABLE IF NOT EXISTS key_lock (slot SMALLINT NOT NULL PRIMARY KEY) ENGINE = InnoDB",
  `INSERT IGNORE INTO key_lock (slot) VALUES ${Array.from({ length: SLOTS }, (_, slot) => `(${slot})`).join(", ")}`,
];

/**
 * Holds the keys until the transaction ends. Whoever reads and then writes what belongs to a key does so alone, also where
 * there is no row yet that could be locked. All at once and in one order, so that no two transactions wait for each other.
 */
export async function lockKeys({ all }: Statements, keys: string[]): Promise<void> {
  const slots = [...new Set(keys.map(slotOf))].sort((a, b) => a - b);
  if (slots.length > 0) await all("SELECT slot FROM key_lock WHERE slot IN (?) ORDER BY slot FOR UPDATE", [slots]);
}

/** FNV-1a over UTF-16 units. */
function slotOf(key: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) value = Math.imul(value ^ key.charCodeAt(at), 0x01000193) >>> 0;
  return value % SLOTS;
}
