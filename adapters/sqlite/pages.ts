import { type Page, pageStatements, type VersionTable } from "@/adapters/sql/pages.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements } from "./connection.ts";

/** A page of a version's rows, in the order of their key. */
export function pageOf({ all }: Statements, table: VersionTable, page: Page, limit: number): Row[] {
  const rows: Row[] = [];
  for (const { sql, values } of pageStatements(table, page)) {
    if (rows.length < limit) rows.push(...all(sql, ...values, limit - rows.length));
  }
  return rows;
}
