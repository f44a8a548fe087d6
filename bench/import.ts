/** An import into a store, with index and events, beside a bare prepared INSERT of the rows that it wrote. */
import { cpuUsage } from "node:process";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { createConnection } from "mysql2";
import { rowsOf } from "@/adapters/files/rows.ts";
import { WEB_MIGRATIONS } from "@/adapters/sqlite/stores/web_store.ts";
import { migrate } from "@/adapters/sqlite/database.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { webBus } from "@/services/web/app.ts";
import { dropDatabases } from "@/tests/support/databases/mysql.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import type { Size } from "./choose.ts";
import { perSecond, type Report, showRate, showShare, timed } from "./report.ts";

const TABLES = ["book", "posting", "facet", "isbn", "search_document", "word", "outbox"];
const BOOKS_PER_TRANSACTION = 500;
type Table = { name: string; columns: string[]; rows: SQLInputValue[][] };

export async function benchImport(
  { events, books: file }: Size,
  server: string | undefined,
  report: Report,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const prefix = `i${crypto.randomUUID().slice(0, 8)}_`;
  const settings = readSettings(
    { DATA_DIR: folder, ...(server === undefined ? {} : { MYSQL_URL: server, MYSQL_PREFIX: prefix }) },
    [],
  );
  const store = await openAdapters(settings, logger).web();
  try {
    const path = file ?? await makeFile(`${folder}/books.csv`, Math.ceil(events / 5));
    const before = cpuUsage();
    const { added, tookMs } = await bring(store, path);
    const { user, system } = cpuUsage(before);
    const cpuMs = (user + system) / 1_000;
    await store.close();
    const bareMs = server === undefined
      ? insertBare(tablesOf(`${folder}/web.db`), `${folder}/bare.db`, added)
      : await insertBareOn(server, `${prefix}web`);
    const [own, bare] = [perSecond(added, tookMs), perSecond(added, bareMs)];
    report.keep("books", own, "1/s");
    report.keep("books_cpu", perSecond(added, cpuMs), "1/s");
    report.keep("bare_insert", bare, "1/s");
    report.say(
      `import of ${added} books from a file: ${showRate(own)}, ${
        showRate(perSecond(added, cpuMs))
      } of processor time; ` +
        `bare INSERT of the rows alone ${showRate(bare)} (${showShare(own, bare)} of it)`,
    );
  } finally {
    if (server !== undefined) await dropDatabases(server, [`${prefix}web`]);
    await Deno.remove(folder, { recursive: true });
  }
}

async function bring(store: WebStore, path: string): Promise<{ added: number; tookMs: number }> {
  let added = 0;
  const tookMs = await timed(async () => {
    const deps = { bus: webBus({ store, clock, ids }), shelf: store.shelf, ids };
    ({ added } = await importBooks(deps, rowsOf(path)));
  });
  return { added, tookMs };
}

/** Books as long as real ones: four words of title, one or two authors, four subjects. */
async function makeFile(path: string, books: number): Promise<string> {
  const word = (at: number) =>
    "bacodufegihajokulemi".slice(at % 9 * 2, at % 9 * 2 + 4) + (at * 7919 % 9973).toString(36);
  const rows = Array.from({ length: books }, (_, at) => {
    const subjects = [1, 2, 3, 4].map((part) => `subject ${at * part % 400}`).join(";");
    const title = `The ${word(at)} ${word(at * 3)} of ${word(at % 300)}`;
    return `k${at},"${title}","Ida ${word(at % 5000)}; Per ${word(at % 700)}",${1900 + at % 120},en,${subjects},${
      at % 1000
    }\n`;
  });
  await Deno.writeTextFile(path, `id,title,authors,year,language,subjects,popularity\n${rows.join("")}`);
  return path;
}

/** The rows that the import has written. */
function tablesOf(path: string): Table[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const tables = TABLES.map((name) => {
    const rows = database.prepare(`SELECT * FROM ${name}`).all() as Record<string, SQLInputValue>[];
    return { name, columns: Object.keys(rows[0] ?? {}), rows: rows.map((row) => Object.values(row)) };
  });
  database.close();
  return tables.filter(({ rows }) => rows.length > 0);
}

/** Milliseconds. */
function insertBare(tables: Table[], path: string, books: number): number {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  migrate(database, WEB_MIGRATIONS);
  const inserts = tables.map(({ name, columns, rows }) => ({
    rows,
    statement: database.prepare(
      `INSERT INTO ${name} (${columns.map((one) => `"${one}"`).join(", ")}) VALUES (${
        columns.map(() => "?").join(", ")
      })`,
    ),
  }));
  const from = performance.now();
  const transactions = Math.ceil(books / BOOKS_PER_TRANSACTION);
  for (let part = 0; part < transactions; part++) {
    database.exec("BEGIN");
    for (const { rows, statement } of inserts) {
      const size = Math.ceil(rows.length / transactions);
      for (const row of rows.slice(part * size, (part + 1) * size)) statement.run(...row);
    }
    database.exec("COMMIT");
  }
  const tookMs = performance.now() - from;
  database.close();
  return tookMs;
}

/** Milliseconds in which the server copies the rows into empty tables of the same kind: no round trip, no client. */
async function insertBareOn(server: string, database: string): Promise<number> {
  const connection = await createConnection({ uri: server, database });
  for (const name of TABLES) await connection.query(`CREATE TABLE bare_${name} LIKE ${name}`);
  const from = performance.now();
  for (const name of TABLES) await connection.query(`INSERT INTO bare_${name} SELECT * FROM ${name}`);
  const tookMs = performance.now() - from;
  await connection.end();
  return tookMs;
}
