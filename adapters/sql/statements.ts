import type { Dialect } from "./dialect.ts";
import type { Runner } from "./runner.ts";

export type { Condition, Value } from "./runner.ts";

/** Statements on one connection, in its database's dialect. Column names that are keywords are in backticks, which every one reads. */
export interface Statements extends Runner {
  readonly dialect: Dialect;
}
