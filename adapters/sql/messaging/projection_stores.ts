import type { ErasedMarks } from "@/application/messaging/projections/ports.ts";
import type { ProjectionStores } from "@/application/messaging/rebuild/ports.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import type { VersionTable } from "@/adapters/sql/tables.ts";
import { consumerStores } from "./consumer_stores.ts";
import { createErasedMarks } from "./erased_marks.ts";
import { createFence } from "./leases.ts";
import { createVersions } from "./versions.ts";

/** Creates the stores of a transaction that every projection has. `tables`: those whose rows belong to versions. */
export const projectionStores = (
  statements: Statements,
  projection: string,
  tables: VersionTable[],
): ProjectionStores & { erased: ErasedMarks } => ({
  ...consumerStores(statements),
  fence: createFence(statements),
  versions: createVersions(statements, projection, tables),
  erased: createErasedMarks(statements),
});
