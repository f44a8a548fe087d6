import { createConnection } from "mysql2";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { openWebStore as openServerStore } from "@/adapters/mysql/stores/web_store.ts";
import { openWebStore as openFileStore } from "@/adapters/sqlite/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";

export type StoreName = "sqlite" | "memory" | "mysql" | "mariadb";

/** A web store of its own. `server`: the URL of MySQL or MariaDB for the store of that name. */
export async function openStore(name: StoreName, server: string | undefined) {
  if (name === "memory") return { store: createMemoryWebStore(), drop: () => Promise.resolve() };
  if (name === "sqlite") {
    const folder = await Deno.makeTempDir({ prefix: "bookstream-quality-" });
    const store = openFileStore({ path: `${folder}/web.db`, clock });
    return { store, drop: () => Deno.remove(folder, { recursive: true }) };
  }
  if (server === undefined) throw new Error(`${name} wants ${name === "mysql" ? "MYSQL_URL" : "MARIADB_URL"}`);
  const database = `quality_${ids.fresh().replaceAll("-", "").slice(-12)}_web`;
  const store = await openServerStore({ server: { url: server }, name: database, clock });
  return {
    store,
    async drop() {
      const connection = await createConnection(server);
      await connection.query("DROP DATABASE IF EXISTS ??", [database]);
      await connection.end();
    },
  };
}
