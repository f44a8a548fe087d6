import type { Dialect } from "./dialect.ts";
import type { Runner } from "./runner.ts";

export type { Condition, Value } from "./runner.ts";

/**
 * Statements on one connection, in its database's dialect. Names of columns that are words of SQL stand in backticks, which every
 * dialect reads.
 */
export interface Statements extends Runner {
  readonly dialect: Dialect;
}
