import type { Value } from "@/adapters/sql/statements.ts";

/**
 * The condition that a book has a word of a group. A scalar subquery is never turned into a join, whose order the server would
 * choose.
 */
export const hasWord = (group: string[], priority: string, book: string): string =>
  `(SELECT COUNT(*) FROM posting AS other WHERE other.token ${group.length === 1 ? "= ?" : "IN (?)"}
    AND other.priority = ${priority} AND other.book = ${book}) > 0`;
/** The value of that condition. */
export const wordValue = (group: string[]): Value => group.length === 1 ? group[0]! : group;
