import { createConnection } from "mysql2";
import { createMemoryWebStore } from "@/adapters/memory/web_store.ts";
import { rowsOf } from "@/adapters/files/rows.ts";
import { openWebStore as openServerStore } from "@/adapters/mysql/web_store.ts";
import { openWebStore as openFileStore } from "@/adapters/sqlite/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { findBooks } from "@/application/catalog/find_books.ts";
import { importBooks } from "@/application/catalog/import_books.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { webBus } from "@/services/web/app.ts";
import type { Engine } from "./measure.ts";

/** `server`: the URL of MySQL or MariaDB for the store of that name. */
export type StoreName = "sqlite" | "memory" | "mysql" | "mariadb";

/** A web store of its own with the books of a file, imported as an operator does. */
export async function openShop(name: StoreName, file: string, server: string | undefined) {
  const { store, drop } = await openStore(name, server);
  const began = clock.now();
  const report = await importBooks({ bus: webBus({ store, clock, ids }), shelf: store.shelf, ids }, rowsOf(file));
  const importMs = clock.now() - began;
  const engine: Engine = {
    name: `bookstream on ${name}`,
    find: async (words) => (await findBooks(store, { words, facets: [], limit: 10 })).books.map(({ id }) => id),
  };
  return {
    engine,
    report,
    importMs,
    books: () => allBooks(store),
    async close() {
      await store.close();
      await drop();
    },
  };
}

async function openStore(name: StoreName, server: string | undefined) {
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

/** Every book, in the order of titles, so that all stores draw the same queries. */
async function allBooks({ shelf }: WebStore): Promise<Book[]> {
  const books: Book[] = [];
  for (let page = await shelf.list(FIRST_PAGE); page.length > 0;) {
    books.push(...page);
    const last = page.at(-1)!;
    page = await shelf.list({ ...FIRST_PAGE, after: { value: last.popularity, id: last.id } });
  }
  return books;
}
const FIRST_PAGE = { facets: [], sort: "popularity" as const, limit: 5_000 };
