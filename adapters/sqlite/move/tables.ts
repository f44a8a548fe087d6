import type { DatabaseSync } from "node:sqlite";
import type { Row, SourceStore, Tail } from "@/application/moving/ports.ts";
import { PACKS_NOTE } from "@/adapters/sql/messaging/outbox_rows.ts";
import { statementsOf, type SyncStatements } from "@/adapters/sqlite/connection/connection.ts";

/** Tables that are not moved, as they belong to this log and its processes. */
const OWN = ["consumer_position", "lease"];

/** The query for the rows of a table as the new store will have them. */
type Table = { sql: string; values?: string[] };

const TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";

/** Returns how many rows each table has. */
export const countsOf = ({ all, get }: SyncStatements): [string, number][] =>
  all(TABLES).map(({ name }) => [String(name), Number(get(`SELECT COUNT(*) AS n FROM "${name}"`)!.n)]);

/** Creates a reader of a service's rows. Leaves out dead letters whose messages will be read again, as they will be parked again. */
export function createSourceStore(connection: DatabaseSync, tails: Tail[]): SourceStore {
  const { all, get } = statementsOf(connection);
  const names = all(TABLES).map((row) => String(row.name)).filter((name) => !OWN.includes(name));
  const live = liveVersion(all, names);
  const isVersioned = (name: string) =>
    all(`SELECT 1 FROM pragma_table_info('${name}') WHERE name = 'version' AND pk = 1`).length > 0;
  const tables = new Map<string, Table>(
    names.map((name) => [name, isVersioned(name) ? onlyVersion(name, live) : wholeTable(name)]),
  );
  tables.set("letter", lettersBut(tails));
  if (tables.has("deployment")) tables.set("deployment", NOTES);
  const count = ({ sql, values = [] }: Table) => Number(get(`SELECT COUNT(*) AS n FROM (${sql})`, ...values)!.n);
  return {
    tables: [...tables.keys()],
    deadLettersAgain: count(wholeTable("letter")) - count(tables.get("letter")!),
    count: (name) => count(tables.get(name)!),
    *rows(name, skip) {
      const { sql, values = [] } = tables.get(name)!;
      for (const row of connection.prepare(`${sql} LIMIT -1 OFFSET ?`).iterate(...values, skip)) {
        yield row as Row;
      }
    },
  };
}

/** Returns a query for a whole table. `NOT INDEXED` gives the rows in the order in which they are stored. */
const wholeTable = (name: string): Table => ({ sql: `SELECT * FROM "${name}" NOT INDEXED` });

/** Returns the live version of the file's projection. */
const liveVersion = (all: SyncStatements["all"], names: string[]): number =>
  Number((names.includes("projection") ? all("SELECT live FROM projection")[0]?.live : undefined) ?? 1);

/** Returns a query for the rows of one version. Other versions are leftovers of a rebuild, or one in progress. */
const onlyVersion = (name: string, version: number): Table => ({
  sql: `SELECT * FROM "${name}" NOT INDEXED WHERE version = ${version}`,
});

/** The deployment's settings, without the one that the target sets itself. */
const NOTES: Table = { sql: "SELECT * FROM deployment NOT INDEXED WHERE name <> ?", values: [PACKS_NOTE] };

/** Returns a query for the dead letters, without those whose messages will be read again. */
const lettersBut = (tails: Tail[]): Table => ({
  sql: `SELECT * FROM letter NOT INDEXED WHERE NOT EXISTS (
          SELECT 1 FROM json_each(?) AS tail
          WHERE tail.value ->> 'topic' = topic AND tail.value ->> 'partition' = partition
            AND EXISTS (SELECT 1 FROM json_each(tail.value, '$.unreadBy') AS reader WHERE reader.key = consumer)
            AND CAST(position AS INTEGER) >= CAST(tail.value ->> 'again' AS INTEGER))`,
  values: [JSON.stringify(tails)],
});
