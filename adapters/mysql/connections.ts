import { connect, type Socket } from "node:net";
import { createPool, type Pool, type PoolConnection } from "mysql2";
import { Unavailable } from "@/application/faults.ts";
import { send } from "./connection.ts";
import { faultOf } from "./faults.ts";

/**
 * A server of the MySQL protocol, `mysql://user[:password]@host:3306`, spoken to over TLS with `tls`. Its certificate must be
 * for this host, valid now, and of the authority `ca` (PEM), or of a public one.
 */
export type Server = {
  url: string;
  /** The URL as it is now, for the login of each new connection. */
  now?: () => string;
  tls?: Tls;
};

/** Certificates and a key in PEM, which are read for each new connection; `cert` and `key` show who this client is. */
type Tls = { readonly ca?: string; readonly cert?: string; readonly key?: string };

/** Callers that may wait for a connection; more are refused. */
const MAX_WAITING = 500;
/** How long a caller waits for a connection. */
const PATIENCE_MS = 5_000;
/** The pool closes idle connections after so long, before the server would. */
const IDLE_MS = 20_000;
/**
 * The server ends a connection after so long without a statement, and with it the transaction and locks of a process that is
 * frozen or cut off. Otherwise that process would keep its partitions from all others for hours.
 */
const MAX_SILENCE_S = 30;
const KEEP_ALIVE_MS = 10_000;
const SESSION = [
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  `SET sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = 5, wait_timeout = ${MAX_SILENCE_S}`,
  // Lists of keys are planned by the index itself, however long: statistics of a table that grows fast are old, and the plan a scan.
  "SET SESSION eq_range_index_dive_limit = 0",
  // The server would cut what it gathers of many rows.
  "SET SESSION group_concat_max_len = 1073741824",
];

/** A pool whose connections all have their session settings before they are used. */
export class Connections {
  readonly #pool: Pool;
  readonly #session: string[];
  readonly #configured = new WeakSet<object>();
  #closed = false;

  /** `session`: further statements for each new connection. */
  constructor(pool: Pool, session: string[] = []) {
    this.#pool = pool;
    this.#session = [...SESSION, ...session];
  }

  /** A connection, to be released or destroyed. Rejects with `Unavailable` when none is free in time. */
  async acquire(): Promise<PoolConnection> {
    if (this.#closed) throw new Unavailable("the store is closed");
    const connecting = this.#pool.getConnection();
    const { promise: timeout, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new Unavailable(`no connection to the store was free for ${PATIENCE_MS} ms`));
      // A connection that comes too late goes back to the pool.
      connecting.then((connection) => connection.release(), () => {});
    }, PATIENCE_MS);
    try {
      return await this.#configure(await Promise.race([connecting, timeout]).finally(() => clearTimeout(timer)));
    } catch (error) {
      throw faultOf(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.end();
  }

  async #configure(connection: PoolConnection): Promise<PoolConnection> {
    if (this.#configured.has(connection.connection)) return connection;
    try {
      for (const statement of this.#session) await send(connection, statement, []);
      this.#configured.add(connection.connection);
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }
}

/** Gives a connection back after a fault; one that broke is not used again. */
export function giveBack(connection: PoolConnection, fault: Error): void {
  if (fault instanceof Unavailable) connection.destroy();
  else connection.release();
}

/** A pool of connections, up to a limit. */
export function openPool(
  { url, now = () => url, tls }: Server,
  database: string | undefined,
  connections: number,
): Pool {
  const { hostname, port: given, username, password } = new URL(url);
  const [host, port] = [hostname.replace(/^\[|\]$/g, ""), Number(given || 3306)];
  const pool = createPool({
    host,
    port,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    ...(database === undefined ? {} : { database }),
    ...(tls === undefined ? {} : {
      ssl: sslOf(tls),
      stream: () => openSocket(host, port),
    }),
    connectionLimit: connections,
    maxIdle: Math.max(1, connections / 2),
    idleTimeout: IDLE_MS,
    queueLimit: MAX_WAITING,
    connectTimeout: 5_000,
    enableKeepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    charset: "utf8mb4_bin",
    timezone: "Z",
    multipleStatements: false,
    // The client would take a stack trace for each statement, which costs more than many of them.
    trace: false,
    stringifyObjects: true,
    jsonStrings: true,
    // Without this flag the server counts only rows that really changed.
    flags: ["-FOUND_ROWS"],
  });
  // The client copies the login once, and new connections read that copy.
  const login = (part: "username" | "password") => ({
    get: () => decodeURIComponent(new URL(now())[part]) || undefined,
  });
  Object.defineProperties(Reflect.get(pool.pool.config, "connectionConfig"), {
    user: login("username"),
    password: login("password"),
  });
  return pool;
}

/** The client's options, which it reads for each connection. */
function sslOf(tls: Tls) {
  const live = (name: keyof Tls) => ({ get: () => tls[name], enumerable: true });
  const options = { minVersion: "TLSv1.2", verifyIdentity: true };
  return Object.defineProperties(options, { ca: live("ca"), cert: live("cert"), key: live("key") });
}

/**
 * A connection that knows its host. The client gives TLS no name for a host that is an IP address, and TLS would then check the
 * certificate against `localhost`.
 */
function openSocket(host: string, port: number): Socket {
  const socket = Object.assign(connect(port, host), { _host: host });
  socket.setNoDelay(true);
  socket.once("connect", () => socket.setKeepAlive(true, KEEP_ALIVE_MS));
  return socket;
}
