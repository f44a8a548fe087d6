import { createConnection } from "mysql2";

/** The MySQL and MariaDB servers of this run. */
export const SERVERS = [
  { name: "mysql", url: Deno.env.get("MYSQL_URL") },
  { name: "mariadb", url: Deno.env.get("MARIADB_URL") },
].flatMap(({ name, url }) => url === undefined || url === "" ? [] : [{ name, url }]);

/** The name of a test's own database, which `drop` removes. */
export function databaseFor(url: string): { name: string; drop(): Promise<void> } {
  const name = `test_${crypto.randomUUID().slice(0, 8)}_web`;
  return { name, drop: () => dropDatabases(url, [name]) };
}

export async function dropDatabases(url: string, names: string[]): Promise<void> {
  const connection = await createConnection(url);
  for (const name of names) await connection.query("DROP DATABASE IF EXISTS ??", [name]);
  await connection.end();
}
