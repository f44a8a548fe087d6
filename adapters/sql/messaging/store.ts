import type { Store } from "@/application/ports.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { createDeadLetterReader } from "./dead_letters.ts";
import { createLeases } from "./leases.ts";

/** Creates the part of a store that all services share. */
export const createStore = (database: Database): Store & { deadLetters: DeadLetterReader; leases: Leases } => ({
  deadLetters: createDeadLetterReader(database.read),
  leases: createLeases(database),
  changes: database.changes,
  ping: database.ping,
  size: database.size,
  close: database.close,
});
