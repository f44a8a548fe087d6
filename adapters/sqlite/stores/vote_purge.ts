import { hourOf } from "@/domain/hours.ts";
import type { Votes } from "@/application/trend/ports.ts";
import { VOTE_KEY } from "@/adapters/sql/trend/rows.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** How many keys one purge covers. */
const MAX_KEYS = 100;
const OLD = "version = ? AND subject = ? AND `key` IN (?) AND hour < ? AND noted < ?";

/** The purge's cursor: the last key done. */
type Place = [subject: string, key: string];

/** Creates the purge of old votes, a few keys at a time. The oldest hours of a key are a range of the primary key. */
export const createVotePurge =
  (statements: Statements, version: number): Votes["purge"] => async ({ since, storedBefore }, after, most) => {
    const keys = await nextKeys(statements, version, after === undefined ? undefined : JSON.parse(after));
    const last = keys.at(-1);
    if (last === undefined) return { removed: 0, done: true };
    const removed = await statements.run(
      statements.dialect.deleteSome({ table: "vote", key: VOTE_KEY, where: OLD }),
      [version, last[0], keys.map(([, key]) => key), hourOf(since), storedBefore, most],
    );
    const reached = removed === most ? after : JSON.stringify(last);
    return { removed, done: false, ...(reached === undefined ? {} : { after: reached }) };
  };

/** Returns the next keys of one subject. They are read from the scores, as every key with votes has one. */
async function nextKeys({ all, get }: Statements, version: number, after: Place | undefined): Promise<Place[]> {
  const keys = "SELECT subject, `key` FROM score WHERE version = ? AND subject = ?";
  if (after !== undefined) {
    const rows = await all(`${keys} AND \`key\` > ? ORDER BY \`key\` LIMIT ?`, [version, ...after, MAX_KEYS]);
    if (rows.length > 0) return rows.map(placeOf);
  }
  const subjects = "SELECT subject FROM score WHERE version = ? AND subject > ? ORDER BY subject LIMIT 1";
  const next = await get(subjects, [version, after?.[0] ?? ""]);
  if (next === undefined) return [];
  return (await all(`${keys} ORDER BY \`key\` LIMIT ?`, [version, String(next.subject), MAX_KEYS])).map(placeOf);
}

const placeOf = (row: Record<string, unknown>): Place => [String(row.subject), String(row.key)];
