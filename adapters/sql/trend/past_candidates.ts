import { QUARTER_POWERS } from "@/domain/trend/decay.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import type { PastSpan } from "@/application/trend/ports.ts";
import type { Dialect } from "@/adapters/sql/dialect.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";

/** The maximum number of buckets in one SQLite statement, which blocks the thread for some milliseconds. */
const MAX_BUCKETS = 20_000;

type Wanted = { version: number; subject: Subject; span: PastSpan; limit: number };

/** Keys by their decayed weight (see `wholeMass`), highest first, ties by key. */
export const readPastCandidates = (statements: Statements, wanted: Wanted): Promise<string[]> =>
  statements.dialect.isLocal ? inSlices(statements, wanted) : atOnce(statements, wanted);

async function atOnce({ all, dialect }: Statements, { version, subject, span, limit }: Wanted): Promise<string[]> {
  const { from, at, halfLifeMs } = span;
  const rows = await all(
    `SELECT \`key\`, ${massOf(dialect)} AS mass
      FROM (SELECT \`key\`, weight, ? - start AS age, ? AS quarter FROM bucket ${dialect.byIndex("bucket_start")}
        WHERE version = ? AND subject = ? AND start > ? AND start <= ?) AS past
      GROUP BY \`key\` ORDER BY mass DESC, \`key\` LIMIT ?`,
    [at, halfLifeMs / 4, version, subject, from, at, limit],
  );
  return rows.map(({ key }) => String(key));
}

/** Scans the primary key in slices of whole keys: in SQLite a row by the index on starts costs as much as ten rows of a scan. */
async function inSlices(statements: Statements, { version, subject, span, limit }: Wanted): Promise<string[]> {
  const { from, at, halfLifeMs } = span;
  const { all, get, dialect } = statements;
  let best: { key: string; mass: number }[] = [];
  for (let [begin, more] = ["", true]; more;) {
    const next = await get(
      "SELECT `key` FROM bucket WHERE version = ? AND subject = ? AND `key` >= ? ORDER BY `key` LIMIT 1 OFFSET ?",
      [version, subject, begin, MAX_BUCKETS],
    );
    // A key with more buckets than a slice is a slice of its own.
    const end = next?.key === begin ? `${begin}\0` : next?.key;
    more = end !== undefined;
    const bounds: Value[] = more ? [begin, String(end)] : [begin];
    const rows = await all(
      `SELECT \`key\`, ${massOf(dialect)} AS mass
        FROM (SELECT \`key\`, weight, ? - start AS age, ? AS quarter FROM bucket
          WHERE version = ? AND subject = ? AND \`key\` >= ? ${
        more ? "AND `key` < ?" : ""
      } AND +start > ? AND +start <= ?)
        GROUP BY \`key\` HAVING mass >= ? ORDER BY mass DESC, \`key\` LIMIT ?`,
      [at, halfLifeMs / 4, version, subject, ...bounds, from, at, best[limit - 1]?.mass ?? 0, limit],
    );
    // Slices are in the order of keys, and the sort is stable, so ties stay in that order.
    best = best.concat(rows.map(({ key, mass }) => ({ key: String(key), mass: Number(mass) })))
      .sort((a, b) => b.mass - a.mass).slice(0, limit);
    begin = String(end);
  }
  return best.map(({ key }) => key);
}

/** `wholeMass` in SQL, summed over a group of rows with a `weight`, an `age` and a `quarter` of the half-life. */
function massOf({ quotient }: Dialect): string {
  const powers = QUARTER_POWERS.slice(0, 4).map((from, at) => {
    const fall = from - QUARTER_POWERS[at + 1]!;
    return `WHEN ${at} THEN ${from} - ${quotient(`${fall} * (age % quarter)`, "quarter")}`;
  });
  const power = `CASE (${quotient("age", "quarter")}) % 4 ${powers.join(" ")} END`;
  return `SUM((weight * ${power}) >> (${quotient("age", "(quarter * 4)")}))`;
}
