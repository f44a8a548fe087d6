import type { DatabaseSync } from "node:sqlite";
import { addLog2 } from "@/domain/trend/decay.ts";

/** Defines the SQL functions that the stores call. This build of SQLite has neither LOG2 nor POWER. */
export function defineFunctions(connection: DatabaseSync): void {
  connection.function("add_log2", { deterministic: true }, (a, b) => addLog2(Number(a), Number(b)));
  connection.function("power", { deterministic: true }, (a, b) => Number(a) ** Number(b));
}
