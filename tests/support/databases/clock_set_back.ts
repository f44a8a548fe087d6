import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Columns with the end of a lease, key or membership, by table. */
export const ENDS = { lease: "until", member: "until", idempotency_key: "until" } as const;

/**
 * Makes the files of an embedded suite that has ended those of one whose clock was ahead by so much: every lease, key and
 * membership ends later. Returns how many.
 */
export function setClockBack(folder: string, byMs: number): number {
  let moved = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".db")) continue;
    const database = new DatabaseSync(join(folder, name), { timeout: 5_000 });
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    for (const { name: table } of tables) {
      const column = ENDS[String(table) as keyof typeof ENDS];
      if (column === undefined) continue;
      moved += Number(
        database.prepare(`UPDATE ${table} SET ${column} = ${column} + ? WHERE ${column} > 0`).run(byMs).changes,
      );
    }
    database.close();
  }
  return moved;
}
