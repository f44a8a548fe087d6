import type { Subject } from "@/domain/trend/vote.ts";
import { listPieces } from "@/adapters/sql/lists.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Condition, Statements } from "@/adapters/sql/statements.ts";

/** The maximum number of votes of a key with few votes. Must not exceed `SPELLING_VOTES`. */
const FEW_VOTES = 100;

type Wanted = {
  version: number;
  subject: Subject;
  keys: string[];
  /** The selected columns, aggregated over the votes of a key. A key without votes has one row, of NULLs and zero counts. */
  columns: string;
  /** Further conditions on the votes, each with a leading `AND`. */
  which?: Condition;
  /** A further GROUP BY expression; without it a key has one row. */
  per?: string;
};

/**
 * Reads the votes of all keys with few votes in one statement, as each part of a UNION would open the partition of every week. Keys with
 * many votes are missing in the answer. Empty on a local database, where a query per key is fast.
 */
export async function readFewVotes(
  { all, dialect }: Statements,
  { version, subject, keys, columns, which = { sql: "", values: [] }, per }: Wanted,
): Promise<Map<string, Row[]>> {
  if (dialect.isLocal) return new Map();
  // Buckets count at least the stored votes: both are written together, and votes are purged first.
  const sql = `SELECT few.\`key\`, ${columns}
    FROM (SELECT \`key\` FROM bucket WHERE version = ? AND subject = ? AND \`key\` IN (?)
      GROUP BY \`key\` HAVING SUM(count) <= ${FEW_VOTES}) AS few
    LEFT JOIN vote ON vote.version = ? AND vote.subject = ? AND vote.\`key\` = few.\`key\` ${which.sql}
    GROUP BY few.\`key\`${per === undefined ? "" : `, ${per}`}`;
  const rows: Row[] = [];
  for (const some of listPieces(keys, dialect)) {
    rows.push(...await all(sql, [version, subject, some, version, subject, ...which.values]));
  }
  return Map.groupBy(rows, (row) => String(row.key));
}
