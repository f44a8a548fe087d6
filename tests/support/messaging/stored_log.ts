import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { UnreadableRecord } from "@/application/messaging/dead_letters/ports.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection/connection.ts";
import { messagesIn, rowsFrom } from "@/adapters/sqlite/log/rows.ts";

/** Every message that an embedded log has, in the order of its partition. Throws where one cannot be read. */
export const storedIn = (statements: SyncStatements): Incoming[] =>
  statements.all("SELECT topic, partition FROM head ORDER BY topic, partition").flatMap((row) => {
    const of = { topic: String(row.topic), partition: Number(row.partition) };
    return [...rowsFrom(statements, of, 0)].flatMap((stored) => readable(messagesIn(of, stored)));
  });

function readable(found: Incoming[] | UnreadableRecord): Incoming[] {
  if ("reason" in found) throw new Error(found.reason);
  return found;
}
