import type { DatabaseSync } from "node:sqlite";
import type { Row, SourceStore, Tail } from "@/application/moving/ports.ts";
import { statementsOf, type SyncStatements } from "@/adapters/sqlite/connection.ts";

/** Tables that belong to this log and its processes, and are not moved. */
const OWN = ["consumer_position", "lease"];

/** The query for the rows of a table as the new store will have them. */
type Table = { sql: string; values?: string[] };

const TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";

/** How many rows each table has. */
export const countsOf = ({ all, get }: SyncStatements): [string, number][] =>
  all(TABLES).map(({ name }) => [String(name), Number(get(`SELECT COUNT(*) AS n FROM "${name}"`)!.n)]);

/** The rows of a service's file. Dead letters whose messages are read again are not moved, as they will be parked again. */
export function createSourceStore(connection: DatabaseSync, tails: Tail[]): SourceStore {
  const { all, get } = statementsOf(connection);
  const names = all(TABLES).map((row) => String(row.name)).filter((name) => !OWN.includes(name));
  const tables = new Map<string, Table>(names.map((name) => [name, asItIs(name)]));
  tables.set("letter", lettersBut(tails));
  const count = ({ sql, values = [] }: Table) => Number(get(`SELECT COUNT(*) AS n FROM (${sql})`, ...values)!.n);
  return {
    tables: [...tables.keys()],
    lettersAgain: count(asItIs("letter")) - count(tables.get("letter")!),
    count: (name) => count(tables.get(name)!),
    *rows(name, skip) {
      const { sql, values = [] } = tables.get(name)!;
      for (const row of connection.prepare(`${sql} LIMIT -1 OFFSET ?`).iterate(...values, skip)) {
        yield row as Row;
      }
    },
  };
}

/** `NOT INDEXED` gives the rows in the order in which they are stored. */
const asItIs = (name: string): Table => ({ sql: `SELECT * FROM "${name}" NOT INDEXED` });

/** Dead letters without those whose messages are read again. */
const lettersBut = (tails: Tail[]): Table => ({
  sql: `SELECT * FROM letter NOT INDEXED WHERE NOT EXISTS (
          SELECT 1 FROM json_each(?) AS tail
          WHERE tail.value ->> 'topic' = topic AND tail.value ->> 'partition' = partition
            AND EXISTS (SELECT 1 FROM json_each(tail.value, '$.unreadBy') AS reader WHERE reader.key = consumer)
            AND CAST(position AS INTEGER) >= CAST(tail.value ->> 'again' AS INTEGER))`,
  values: [JSON.stringify(tails)],
});
