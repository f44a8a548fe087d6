import type { RecommendationHistory } from "@/application/recommendation/ports.ts";
import { RECOMMENDATION_TABLES as TABLES } from "@/adapters/sql/pages.ts";
import { interactionOf, knownBookOf, readerSearchOf } from "@/adapters/sql/recommendation_rows.ts";
import type { Statements } from "./connection.ts";
import { pageOf } from "./pages.ts";

/** What a projection version holds, in pages. */
export const createRecommendationHistory = (statements: Statements, version: number): RecommendationHistory => ({
  interactions: (before, after, limit) =>
    Promise.resolve(
      pageOf(statements, TABLES.interaction, {
        version,
        after: after && [after.reader, after.book, after.kind],
        where: { sql: "time < ?", values: [before] },
      }, limit).map(interactionOf),
    ),
  searches: (before, after, limit) =>
    Promise.resolve(
      pageOf(statements, TABLES.search, {
        version,
        after: after && [after.reader, after.normal],
        where: { sql: "time < ?", values: [before] },
      }, limit).map(readerSearchOf),
    ),
  books: (after, limit) =>
    Promise.resolve(pageOf(statements, TABLES.book, { version, after: after && [after.id] }, limit).map(knownBookOf)),
});
