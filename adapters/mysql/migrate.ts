import type { Pool, PoolConnection } from "mysql2";
import { faultOf } from "./faults.ts";

/**
 * The statements of a migration, in order. Each commits alone and may run again after a crash, so it must be idempotent. Those of
 * a list commit together. A function gets the server's time and returns its statement.
 */
export type Migration = (string | string[] | ((now: number) => string))[];

/** How long a process waits while another one migrates. */
const PATIENCE_S = 60;

/** Errors of a statement that has run before: the column or key already exists, or is already dropped. */
const ALREADY_DONE = new Set(["ER_DUP_FIELDNAME", "ER_DUP_KEYNAME", "ER_CANT_DROP_FIELD_OR_KEY"]);
/** Errors of a RENAME TABLE that has run before. MySQL checks the new name first, MariaDB the old one. */
const ALREADY_RENAMED = new Set(["ER_TABLE_EXISTS_ERROR", "ER_NO_SUCH_TABLE"]);

/** Creates the database and migrates it. Any number of processes may do so at once: one works, the others wait. */
export async function migrate(pool: Pool, name: string, migrations: Migration[]): Promise<void> {
  const database = pool.escapeId(name);
  try {
    const connection = await pool.getConnection();
    const query = async (sql: string, values: unknown[] = []) =>
      (await connection.query(sql, values))[0] as Record<string, unknown>[];
    const serverTime = async () => Number((await query("SELECT UNIX_TIMESTAMP() * 1000 AS now"))[0]!.now);
    // An up-to-date schema needs no privileges other than those on the data.
    if (await versionIn(connection, database) === migrations.length) return connection.release();
    const [lock] = await query("SELECT GET_LOCK(?, ?) AS taken", [`migrate ${name}`, PATIENCE_S]);
    if (lock?.taken !== 1) throw new Error(`another process has been making the tables of ${name} for ${PATIENCE_S} s`);
    if (!(await isThere(connection, database))) {
      await query(`CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    }
    await query(`USE ${database}`);
    await query("CREATE TABLE IF NOT EXISTS schema_version (version INT NOT NULL PRIMARY KEY)");
    const [row] = await query("SELECT COALESCE(MAX(version), 0) AS version FROM schema_version");
    const done = Number(row!.version);
    if (done > migrations.length) {
      throw new Error(
        `the store has schema version ${done}, this program knows up to ${migrations.length}: use a newer program`,
      );
    }
    for (let version = done + 1; version <= migrations.length; version++) {
      for (const step of migrations[version - 1]!) {
        if (Array.isArray(step)) {
          for (const statement of ["START TRANSACTION", ...step, "COMMIT"]) await query(statement);
          continue;
        }
        const statement = typeof step === "string" ? step : step(await serverTime());
        await query(statement).catch((error) => {
          const { code = "" } = error as { code?: string };
          const isRenamed = statement.startsWith("RENAME TABLE") && ALREADY_RENAMED.has(code);
          if (!ALREADY_DONE.has(code) && !isRenamed) throw error;
        });
      }
      await query("INSERT INTO schema_version (version) VALUES (?)", [version]);
    }
    await query("SELECT RELEASE_LOCK(?)", [`migrate ${name}`]);
    connection.release();
  } catch (error) {
    throw faultOf(error);
  } finally {
    await pool.end();
  }
}

/** Returns whether the database exists and this user may use it. */
const isThere = (connection: PoolConnection, database: string): Promise<boolean> =>
  connection.query(`USE ${database}`).then(() => true, () => false);

/** Returns the schema version, or undefined when there is none or this user may not read it. */
const versionIn = (connection: PoolConnection, database: string): Promise<number | undefined> =>
  connection.query(`SELECT MAX(version) AS version FROM ${database}.schema_version`).then(
    ([rows]) => Number((rows as { version: number | null }[])[0]?.version ?? 0),
    () => undefined,
  );
