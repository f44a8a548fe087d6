import type { Subject } from "@/domain/trend/vote.ts";
import { listPieces } from "@/adapters/sql/lists.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Condition, Statements } from "@/adapters/sql/statements.ts";

/** Votes of a key up to which all of them are read; no more than `SPELLING_VOTES`. */
const FEW_VOTES = 100;

type Wanted = {
  version: number;
  subject: Subject;
  keys: string[];
  /** The columns of a row, over the votes of a key. Where there are none, one row has the columns of no vote (NULL, or 0 counted). */
  columns: string;
  /** Which votes count: further conditions, each with its `AND`. */
  which?: Condition;
  /** What a key has a row for each of; one row where it is missing. */
  per?: string;
};

/**
 * Reads the votes of the keys that have few, in one statement for all: each part of a UNION opens the partition of every week, which
 * costs a server more than the votes. Keys that are missing in the answer may have many. A local database finds each key's fast.
 */
export async function readFewVotes(
  { all, dialect }: Statements,
  { version, subject, keys, columns, which = { sql: "", values: [] }, per }: Wanted,
): Promise<Map<string, Row[]>> {
  if (dialect.isLocal) return new Map();
  // Buckets count at least the stored votes: both are written together, and votes go sooner.
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
