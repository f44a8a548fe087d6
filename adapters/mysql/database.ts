import { createPool, type Pool, type PoolConnection } from "mysql2";
import { Unavailable } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";
import { createChanges } from "@/application/changes.ts";
import type { Database } from "@/adapters/sql/database.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { createStatements, send } from "./connection.ts";
import { Conflict, faultOf } from "./faults.ts";
import { migrate } from "./migrate.ts";

/** A server of the MySQL protocol, `mysql://user[:password]@host:3306`, spoken to over TLS with `tls`; `ca` in PEM. */
type Server = { url: string; tls?: { ca?: string } };

export type DatabaseDeps = {
  server: Server;
  /** The database's name; made where it is missing. */
  name: string;
  /** Lists of statements that bring an empty database to today's schema, in order; each runs once. */
  migrations: string[][];
  clock: Clock;
};

/** Connections of each kind: those that write, and those that read beside them. */
const CONNECTIONS = 8;
/** Callers that may wait for a connection; beyond that the answer is no. */
const WAITING = 500;
/** How long a caller waits for a connection, in milliseconds. */
const PATIENCE = 5_000;
const ATTEMPTS = 8;
/** Other processes on the database wake nobody here, so that whoever waits looks again this often (ms). */
const LOOK_AGAIN = 250;
/** Idle connections are given up after so long (ms), before the server would do it. */
const IDLE = 20_000;
/**
 * After so long without a statement the server ends a connection, and with it the transaction and the locks of a process that is
 * frozen or cut off (s). Otherwise it would keep its partitions from everybody else for hours.
 */
const SILENCE = 30;
const SESSION = [
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  `SET sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = 5, wait_timeout = ${SILENCE}`,
];

/** Opens a database of a MySQL or MariaDB server, with every migration applied. Rejects when the server does not answer. */
export async function openDatabase({ server, name, migrations, clock }: DatabaseDeps): Promise<Database> {
  await migrate(createClient(server, undefined, 1), name, migrations);
  const [writers, readers] = [createClient(server, name, CONNECTIONS), createClient(server, name, CONNECTIONS)];
  const sessions = new WeakSet<object>();
  const watchers = new Set<ReturnType<typeof createChanges>>();
  let closed = false;

  async function acquire(pool: Pool): Promise<PoolConnection> {
    if (closed) throw new Unavailable("the store is closed");
    const connecting = pool.getConnection();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new Unavailable(`no connection to the store was free for ${PATIENCE} ms`));
      // One that comes too late goes back.
      connecting.then((connection) => connection.release(), () => {});
    }, PATIENCE);
    try {
      const connection = await Promise.race([connecting, late]).finally(() => clearTimeout(timer));
      return await configured(connection, pool);
    } catch (error) {
      throw faultOf(error);
    }
  }

  /** Every connection has its session settings before it is used. */
  async function configured(connection: PoolConnection, pool: Pool): Promise<PoolConnection> {
    if (sessions.has(connection.connection)) return connection;
    try {
      for (const statement of SESSION) await send(connection, statement, []);
      // Whatever is sent begins a transaction where none is open, which saves a round trip for each.
      if (pool === writers) await send(connection, "SET SESSION autocommit = 0", []);
      sessions.add(connection.connection);
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  async function attempt<Value>(work: (statements: Statements) => Promise<Value>): Promise<Value> {
    const connection = await acquire(writers);
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
      // Whoever only looked must not wake those who wait for changes, itself among them.
      if (wrote) watchers.forEach((watcher) => watcher.notify());
      return value;
    } catch (error) {
      if (error instanceof Unavailable || committing) connection.destroy();
      else await rollback(connection);
      // Before the commit was sent nothing can have been stored, so that a connection that broke is a reason to try again.
      throw error instanceof Unavailable && !committing ? new Conflict(error) : error;
    }
  }

  const read = createStatements(async (sql, values) => {
    const connection = await acquire(readers);
    try {
      const answer = await send(connection, sql, values);
      connection.release();
      return answer;
    } catch (error) {
      giveBack(connection, faultOf(error));
      throw error;
    }
  });

  return {
    read,
    async transaction(work) {
      for (let tries = 1;; tries++) {
        try {
          return await attempt(work);
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          if (tries === ATTEMPTS) throw error.last;
          await clock.sleep(Math.random() * 5 * 2 ** tries);
        }
      }
    },
    changes() {
      const changes = createChanges(clock);
      watchers.add(changes);
      return { wait: (atMost, signal) => changes.wait(Math.min(atMost, LOOK_AGAIN), signal) };
    },
    ping: async () => void await read.get("SELECT 1"),
    async size() {
      const row = await read.get(
        "SELECT SUM(data_length + index_length) AS n FROM information_schema.tables WHERE table_schema = ?",
        [name],
      );
      return Number(row!.n);
    },
    async close() {
      if (closed) return;
      closed = true;
      watchers.forEach((watcher) => watcher.notify());
      await Promise.all([writers.end(), readers.end()]);
    },
  };
}

/** A connection that broke is not used again. */
function giveBack(connection: PoolConnection, fault: Error): void {
  if (fault instanceof Unavailable) connection.destroy();
  else connection.release();
}

async function rollback(connection: PoolConnection): Promise<void> {
  try {
    await send(connection, "ROLLBACK", []);
    connection.release();
  } catch {
    connection.destroy();
  }
}

function createClient({ url, tls }: Server, database: string | undefined, connections: number): Pool {
  const { hostname, port, username, password } = new URL(url);
  return createPool({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    ...(database === undefined ? {} : { database }),
    ...(tls === undefined ? {} : { ssl: { ...tls, minVersion: "TLSv1.2" } }),
    connectionLimit: connections,
    maxIdle: Math.max(1, connections / 2),
    idleTimeout: IDLE,
    queueLimit: WAITING,
    connectTimeout: 5_000,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    charset: "utf8mb4_bin",
    timezone: "Z",
    multipleStatements: false,
    // A stack for each statement, in case it fails, costs more than many of them.
    trace: false,
    stringifyObjects: true,
    jsonStrings: true,
    // A row that was written as it was before is not changed.
    flags: ["-FOUND_ROWS"],
  });
}
