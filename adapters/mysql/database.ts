import type { PoolConnection } from "mysql2";
import { Unavailable } from "@/application/faults.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";
import { createChanges } from "@/application/shared/concurrency/changes.ts";
import type { Database } from "@/adapters/sql/database.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { createStatements, send } from "./connection.ts";
import { Connections, giveBack, openPool, type Server } from "./connections.ts";
import { Conflict, Denied, faultOf } from "./faults.ts";
import { migrate, type Migration } from "./migrate.ts";

export type DatabaseDeps = {
  server: Server;
  /** The database's name. A missing database is created. */
  name: string;
  /** The migrations from an empty database to the current schema, in order. Each runs once. */
  migrations: Migration[];
  clock: Clock;
};

/** The connections of each pool. One pool writes, one reads. */
const MAX_CONNECTIONS = 8;
const MAX_ATTEMPTS = 8;
/** No signal arrives for commits of other processes, so those who wait for changes poll this often. */
const POLL_MS = 250;
/** How long a database's size is cached. The server takes milliseconds to sum it up from statistics that are older than this. */
const MAX_SIZE_AGE_MS = 60_000;

/** Opens a database of a MySQL or MariaDB server and applies the missing migrations. Rejects when the server does not answer. */
export async function openDatabase({ server, name, migrations, clock }: DatabaseDeps): Promise<Database> {
  await migrate(openPool(server, undefined, 1), name, migrations);
  // Without autocommit the first statement begins a transaction, which saves a round trip.
  const writers = new Connections(openPool(server, name, MAX_CONNECTIONS), ["SET SESSION autocommit = 0"]);
  const readers = new Connections(openPool(server, name, MAX_CONNECTIONS));
  const read = readStatements(readers);
  const watchers = new Set<ReturnType<typeof createChanges>>();
  const notify = () => watchers.forEach((watcher) => watcher.notify());
  let closed = false;
  let measuredAt = -Infinity;
  let measured: Promise<number>;

  return {
    read,
    async transaction(work) {
      for (let tries = 1;; tries++) {
        try {
          const { value, wrote } = await attempt(writers, work);
          // A transaction without writes wakes nobody: it may be that of a watcher, which would wake itself for ever.
          if (wrote) notify();
          return value;
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          if (tries === MAX_ATTEMPTS) throw error.last;
          await clock.sleep(Math.random() * 5 * 2 ** tries);
        }
      }
    },
    changes() {
      const changes = createChanges(clock);
      watchers.add(changes);
      return { wait: (atMost, signal) => changes.wait(Math.min(atMost, POLL_MS), signal) };
    },
    ping: async () => void await read.get("SELECT 1"),
    size: () => {
      if (elapsedMs(clock, measuredAt) >= MAX_SIZE_AGE_MS) {
        measuredAt = clock.now();
        measured = sizeOf(read, name);
        measured.catch(() => measuredAt = -Infinity);
      }
      return measured;
    },
    async close() {
      if (closed) return;
      closed = true;
      notify();
      await Promise.all([writers.close(), readers.close()]);
    },
  };
}

async function sizeOf({ get }: Statements, name: string): Promise<number> {
  const sql = "SELECT SUM(data_length + index_length) AS n FROM information_schema.tables WHERE table_schema = ?";
  return Number((await get(sql, [name]))!.n);
}

/** Creates statements that each take a connection from the pool. */
const readStatements = (readers: Connections): Statements =>
  createStatements(async (sql, values) => {
    const connection = await readers.acquire();
    try {
      const answer = await send(connection, sql, values);
      connection.release();
      return answer;
    } catch (error) {
      giveBack(connection, faultOf(error));
      throw error;
    }
  });

/** Runs a transaction once. Throws `Conflict` when nothing was stored and another attempt may succeed. */
async function attempt<Value>(
  writers: Connections,
  work: (statements: Statements) => Promise<Value>,
): Promise<{ value: Value; wrote: boolean }> {
  const connection = await writers.acquire();
  let wrote = false;
  let committing = false;
  const statements = createStatements(async (sql, values) => {
    const answer = await send(connection, sql, values);
    wrote ||= !Array.isArray(answer) && (answer as { affectedRows: number }).affectedRows > 0;
    return answer;
  });
  try {
    const value = await work(statements);
    committing = true;
    await statements.run("COMMIT");
    connection.release();
    return { value, wrote };
  } catch (error) {
    if (error instanceof Unavailable || committing) connection.destroy();
    else await rollback(connection);
    // Nothing is stored before COMMIT is sent, so a connection lost earlier allows a retry. A denied login does not.
    throw error instanceof Unavailable && !(error instanceof Denied) && !committing ? new Conflict(error) : error;
  }
}

async function rollback(connection: PoolConnection): Promise<void> {
  try {
    await send(connection, "ROLLBACK", []);
    connection.release();
  } catch {
    connection.destroy();
  }
}
