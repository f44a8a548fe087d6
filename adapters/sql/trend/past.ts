import { hourOf } from "@/domain/hours.ts";
import type { TrendPast } from "@/application/trend/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import { bucketOf } from "./rows.ts";
import { readPastCandidates } from "./past_candidates.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** Reads lists of earlier moments, by the index on the start of buckets. */
export const createTrendPast = (statements: Statements, version: number): TrendPast => ({
  candidatesAt: (subject, span, limit) => readPastCandidates(statements, { version, subject, span, limit }),
  async readers(subject, keys, from, to) {
    const rows = await allOf(
      statements,
      "SELECT DISTINCT reader FROM vote WHERE version = ? AND subject = ? AND hour >= ? AND hour <= ? " +
        "AND time > ? AND time <= ? AND `key` IN (?)",
      [version, subject, hourOf(from), hourOf(to), from, to],
      keys,
    );
    return new Set(rows.map((row) => String(row.reader)));
  },
  async acts(subject, before, limit) {
    const older = before === undefined ? "" : "AND start <= ? AND (start < ? OR `key` < ?)";
    const rows = await statements.all(
      `SELECT \`key\`, start, SUM(CASE WHEN kind = 'found' THEN 0 ELSE count END) AS count, SUM(weight) AS weight
        FROM bucket ${statements.dialect.byIndex("bucket_start")}
        WHERE version = ? AND subject = ? ${older}
        GROUP BY start, \`key\` ORDER BY start DESC, \`key\` DESC LIMIT ?`,
      [version, subject, ...(before === undefined ? [] : [before.start, before.start, before.key]), limit],
    );
    return rows.map((row) => ({ key: String(row.key), ...bucketOf(row) }));
  },
  async busy(subject, from, most) {
    const row = await statements.get(
      `SELECT COUNT(*) AS buckets FROM (SELECT 1 FROM bucket ${statements.dialect.byIndex("bucket_start")}
        WHERE version = ? AND subject = ? AND start >= ? LIMIT ?) AS some`,
      [version, subject, from, most],
    );
    return Number(row?.buckets ?? 0);
  },
});
