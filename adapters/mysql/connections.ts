import { connect, type Socket } from "node:net";
import { createPool, type Pool, type PoolConnection } from "mysql2";
import { Unavailable } from "@/application/faults.ts";
import { send } from "./connection.ts";
import { faultOf } from "./faults.ts";

/**
 * A MySQL or MariaDB server, `mysql://user[:password]@host:3306`. With `tls` its certificate must be valid, name this host and
 * come from the authority `ca` (PEM) or a public one.
 */
export type Server = {
  url: string;
  /** Returns the current URL, as the login may change. Each new connection calls it. */
  now?: () => string;
  tls?: Tls;
};

/** Certificates and a key in PEM. Each new connection reads them again. `cert` and `key` identify this client. */
type Tls = { readonly ca?: string; readonly cert?: string; readonly key?: string };

/** How many callers may wait for a connection. More are refused. */
const MAX_WAITING = 500;
/** How long a caller waits for a connection. */
const PATIENCE_MS = 5_000;
/** The pool closes idle connections after this time, before the server does. */
const IDLE_MS = 20_000;
/**
 * The server closes a connection that sends no statement for this long (`wait_timeout`). This ends the transaction and the locks
 * of a frozen or disconnected process, which would otherwise block its partitions for hours.
 */
const MAX_SILENCE_S = 30;
const KEEP_ALIVE_MS = 10_000;
const SESSION = [
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  `SET sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = 5, wait_timeout = ${MAX_SILENCE_S}`,
  // Plans long key lists by index dives. The statistics of a fast growing table are outdated and lead to a table scan.
  "SET SESSION eq_range_index_dive_limit = 0",
  // The server's default would truncate GROUP_CONCAT.
  "SET SESSION group_concat_max_len = 1073741824",
];

/** A connection pool that applies the session settings to each connection before its first use. */
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

  /** Returns a connection, which the caller releases or destroys. Rejects with `Unavailable` when none is free in time. */
  async acquire(): Promise<PoolConnection> {
    if (this.#closed) throw new Unavailable("the store is closed");
    const connecting = this.#pool.getConnection();
    const { promise: timeout, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new Unavailable(`no connection to the store was free for ${PATIENCE_MS} ms`));
      // A late connection goes back to the pool.
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

/** Releases a connection after a fault. Destroys it when the connection itself has failed. */
export function giveBack(connection: PoolConnection, fault: Error): void {
  if (fault instanceof Unavailable) connection.destroy();
  else connection.release();
}

/** Opens a pool of at most `connections` connections. */
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
    // A stack trace for each statement would cost more than many statements do.
    trace: false,
    stringifyObjects: true,
    jsonStrings: true,
    // Makes the server count only rows that have really changed.
    flags: ["-FOUND_ROWS"],
  });
  // mysql2 copies the login once for all connections, so the copy gets getters.
  const login = (part: "username" | "password") => ({
    get: () => decodeURIComponent(new URL(now())[part]) || undefined,
  });
  Object.defineProperties(Reflect.get(pool.pool.config, "connectionConfig"), {
    user: login("username"),
    password: login("password"),
  });
  return pool;
}

/** Returns the TLS options of mysql2. They are getters, as each connection reads them again. */
function sslOf(tls: Tls) {
  const live = (name: keyof Tls) => ({ get: () => tls[name], enumerable: true });
  const options = { minVersion: "TLSv1.2", verifyIdentity: true };
  return Object.defineProperties(options, { ca: live("ca"), cert: live("cert"), key: live("key") });
}

/**
 * Opens a socket that knows its host. mysql2 passes no server name for an IP address, and TLS would check the certificate against
 * `localhost`.
 */
function openSocket(host: string, port: number): Socket {
  const socket = Object.assign(connect(port, host), { _host: host });
  socket.setNoDelay(true);
  socket.once("connect", () => socket.setKeepAlive(true, KEEP_ALIVE_MS));
  return socket;
}
