import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import { type EventLog, MAX_APPEND_MS } from "@/application/messaging/wire/event_log.ts";
import type { TrimmableLog } from "@/application/messaging/retention/ports.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { type Database, openDatabase } from "@/adapters/sqlite/database.ts";
import { append, hash } from "./append.ts";
import { createMembership, type GroupPartition } from "./groups.ts";
import { startLogConsumer } from "./consumer.ts";
import { beginsAt, hasCursor, lagOf, partitionOf, unreadableAt } from "./reader.ts";
import { createRecentMessages } from "./rows.ts";
import { trimLog } from "./trim.ts";
import { GROUP_PROGRESS, GROUP_SCHEMA, LOG_PACKS, LOG_SCHEMA } from "./schema.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection/connection.ts";

export const LOG_MIGRATIONS: string[] = [LOG_SCHEMA, LOG_PACKS];

type EventLogDeps = {
  /** The file of the log. The file of its groups is in the same folder. */
  path: string;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  /** The partitions of each topic. The number is fixed when the log is created. */
  partitions?: number;
};

/** Opens the event log in SQLite files, which several processes may share. Throws when the files cannot be opened. */
export async function openEventLog(
  deps: EventLogDeps,
): Promise<EventLog & LogHistory & TrimmableLog & { close(): Promise<void>; ping(): Promise<void> }> {
  const { path, clock, ids, logger } = deps;
  const log = openDatabase({ path, clock, migrations: LOG_MIGRATIONS, patienceMs: MAX_APPEND_MS });
  const groups = openDatabase({
    path: path.replace(/\.db$/, "") + "_groups.db",
    clock,
    migrations: [GROUP_SCHEMA, GROUP_PROGRESS],
    durability: "off",
  });
  const { id, partitions } = await identify(log, ids, deps.partitions ?? 4);
  const messagesIn = createRecentMessages();
  let withoutKey = 0;
  const choosePartition = (key: Uint8Array | null) => (key === null ? withoutKey++ : hash(key)) % partitions;

  const partitionsOf = (topics: string[]): GroupPartition[] =>
    topics.flatMap((topic) => Array.from({ length: partitions }, (_, partition) => ({ topic, partition })));
  // Statements are synchronous. Their errors must become rejections.
  const readEach = <Asked, Value>(asked: Asked[], read: (statements: SyncStatements, one: Asked) => Value) =>
    Promise.resolve().then(() => asked.map((one) => read(log.read, one)));

  return {
    id: () => Promise.resolve(id),
    append: (messages) =>
      log.transaction((statements) => {
        append(statements, messages, choosePartition, clock.now());
        return Promise.resolve();
      }),
    subscribe(subscription) {
      const membership = createMembership({
        groups,
        clock,
        name: subscription.group,
        member: ids.fresh(),
        partitions: partitionsOf(subscription.topics),
        ephemeral: subscription.ephemeral,
      });
      return startLogConsumer({ log, messagesIn, groups, membership, subscription, clock, logger });
    },
    lag: (cursors) => readEach(cursors, lagOf),
    partitions: (topics) => readEach(partitionsOf(topics), partitionOf),
    has: (cursors) => readEach(cursors, hasCursor),
    begins: async (asked) => Math.max(...await readEach(asked, beginsAt)),
    unreadableAt: async (cursor) => (await readEach([cursor], unreadableAt))[0],
    trim: (before, most) => trimLog(log, groups, before, most),
    size: log.size,
    ping: log.ping,
    async close() {
      await log.close();
      await groups.close();
    },
  };
}

function identify(log: Database, ids: IdGenerator, partitions: number): Promise<{ id: string; partitions: number }> {
  return log.transaction(({ get, run }) => {
    if (get("SELECT 1 FROM log") === undefined) {
      run("INSERT INTO log (id, partitions) VALUES (?, ?)", ids.fresh(), partitions);
    }
    const row = get("SELECT * FROM log")!;
    return Promise.resolve({ id: String(row.id), partitions: Number(row.partitions) });
  });
}
