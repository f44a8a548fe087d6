import type { RecommendationHistory } from "@/application/recommendation/ports.ts";
import { pageOf } from "@/adapters/sql/keyset.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { RECOMMENDATION_TABLES as TABLES } from "@/adapters/sql/tables.ts";
import { interactionOf, knownBookOf, readerSearchOf } from "./rows.ts";

/** The rows of a projection version, in pages. */
export const createRecommendationHistory = (statements: Statements, version: number): RecommendationHistory => ({
  interactions: async (before, after, limit) =>
    (await pageOf(statements, TABLES.interaction, {
      version,
      after: after && [after.reader, after.book, after.kind],
      where: { sql: "time < ?", values: [before] },
    }, limit)).map(interactionOf),
  searches: async (before, after, limit) =>
    (await pageOf(statements, TABLES.search, {
      version,
      after: after && [after.reader, after.normal],
      where: { sql: "time < ?", values: [before] },
    }, limit)).map(readerSearchOf),
  books: async (after, limit) =>
    (await pageOf(statements, TABLES.book, { version, after: after && [after.id] }, limit)).map(knownBookOf),
});
