import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { createConnection, createPool, type RowDataPacket } from "mysql2";
import { positionOf } from "@/adapters/kafka/offsets/position.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Projection, StoreKind, Way } from "./servers.ts";

/** The offset in a stored position: where to read next, whatever else the log keeps with it. -1 before the first message. */
export const offsetOf = (next: Row[string] | undefined): bigint =>
  next === null || next === undefined ? -1n : positionOf(String(next)).offset;

interface Connection {
  run(sql: string): Promise<Row[]>;
  close(): void;
}

/** A service's store read directly, past the service and the proxies. */
export interface Tables {
  rows(service: Way, sql: string): Promise<Row[]>;
  /** Changes what is stored, as somebody does who knows where it is. */
  write(service: Way, sql: string): Promise<void>;
  /** The table of consumed positions. */
  positions: string;
  /** A connection of its own, for one who gets in the way. Only where the stores are in a database server. */
  connect(service: Way): Promise<Connection>;
  clear(): Promise<void>;
}

/** The version of a projection that readers see; 1 where nothing was ever rebuilt. */
export async function liveOf({ rows }: Pick<Tables, "rows">, service: Projection): Promise<number> {
  const [row] = await rows(service, "SELECT live FROM projection");
  return Number(row?.live ?? 1);
}

export function tablesOf(kind: StoreKind, port: number, prefix: string, folder: string): Tables {
  return kind === "sqlite" ? sqliteTables(folder) : mysqlTables(port, prefix);
}

function mysqlTables(port: number, prefix: string): Tables {
  const pool = createPool({ host: "127.0.0.1", port, user: "root", connectionLimit: 3, connectTimeout: 2_000 });
  async function connect(service: Way): Promise<Connection> {
    const connection = await createConnection({ host: "127.0.0.1", port, user: "root", database: prefix + service });
    connection.on("error", () => {});
    return {
      run: async (sql) => (await connection.query<RowDataPacket[]>({ sql, timeout: 60_000 }))[0] as Row[],
      close: () => connection.destroy(),
    };
  }
  return {
    positions: "consumer_position",
    connect,
    async write(service, sql) {
      const connection = await connect(service);
      await connection.run(sql).finally(connection.close);
    },
    async rows(service, sql) {
      // Tables are named by their database, as the pool has none of its own.
      const named = sql.replace(/\bFROM (\w+)/g, `FROM \`${prefix}${service}\`.\`$1\``);
      const [rows] = await pool.query<RowDataPacket[]>({ sql: named, timeout: 15_000 });
      return rows as Row[];
    },
    async clear() {
      for (const service of ["web", "trend", "recommendation"]) {
        await pool.query("DROP DATABASE IF EXISTS ??", [prefix + service]);
      }
      await pool.end();
    },
  };
}

function sqliteTables(folder: string): Tables {
  return {
    positions: "consumer_position",
    connect: () => Promise.reject(new Error("a file has no server to connect to")),
    // deno-lint-ignore require-await -- what it throws is to be a rejection, as it is with a server
    async write(service, sql) {
      const database = new DatabaseSync(join(folder, `${service}.db`), { timeout: 5_000 });
      try {
        database.exec(sql);
      } finally {
        database.close();
      }
    },
    // deno-lint-ignore require-await -- what it throws is to be a rejection, as it is with a server
    async rows(service, sql) {
      const database = new DatabaseSync(join(folder, `${service}.db`), { readOnly: true, timeout: 5_000 });
      try {
        return database.prepare(sql).all() as Row[];
      } finally {
        database.close();
      }
    },
    clear: () => Promise.resolve(),
  };
}
