import { piecesOf } from "@/application/pieces.ts";
import { type Bucket, mergeBuckets } from "@/domain/trend/decay.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import { BUCKET_MS } from "@/domain/trend/window.ts";
import { listPieces } from "@/adapters/sql/lists.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** The maximum number of keys in one SQLite statement, which blocks the thread for some milliseconds when keys are busy. */
const MAX_LOCAL_KEYS = 30;

export type BucketStatements = Pick<Statements, "all" | "dialect">;
/** `from`: only buckets that start then or later. */
export type WantedBuckets = { version: number; subject: Subject; keys: string[]; from: number | undefined };

/** The buckets of keys by key, merged by start. `from`: only those that start at that time or later. */
export async function readBuckets(statements: BucketStatements, { version, subject, keys, from }: WantedBuckets) {
  const { all, dialect } = statements;
  const { gather, quotient, isLocal } = dialect;
  // One row per key, with small numbers: to transfer a row per bucket takes several times as long.
  const starts = gather(quotient("start", BUCKET_MS));
  const sql = `SELECT \`key\`, ${starts} AS starts, ${gather("count")} AS counts, ${gather("weight")} AS weights
    FROM bucket WHERE version = ? AND subject = ? ${from === undefined ? "" : "AND start >= ?"} AND \`key\` IN (?)
    GROUP BY \`key\``;
  const found = new Map<string, Bucket[]>(keys.map((key) => [key, []]));
  for (const some of isLocal ? piecesOf(keys, MAX_LOCAL_KEYS) : listPieces(keys, dialect)) {
    const rows = await all(sql, [version, subject, ...(from === undefined ? [] : [from]), some]);
    for (const row of rows) found.set(String(row.key), gatheredBuckets(row));
  }
  return found;
}

function gatheredBuckets(row: Row): Bucket[] {
  const [starts, counts, weights] = [row.starts, row.counts, row.weights].map(numbersOf);
  return mergeBuckets(
    starts!.map((start, at) => ({ start: start * BUCKET_MS, count: counts![at]!, weight: weights![at]! })),
  );
}

const numbersOf = (value: Row[string] | undefined) => JSON.parse(String(value)) as number[];
