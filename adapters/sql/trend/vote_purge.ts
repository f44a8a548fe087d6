import { hourOf } from "@/domain/hours.ts";
import type { SubjectKey, Votes } from "@/application/trend/ports.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { VOTE_KEY } from "./rows.ts";

/** Keys of one purge. */
const MAX_KEYS = 100;
const OLD = "version = ? AND subject = ? AND `key` IN (?) AND hour < ? AND noted < ?";

/** Removes old votes of the next keys. The oldest hours of each key are a range of the primary key. */
export const createVotePurge =
  (statements: Statements, version: number): Votes["purge"] => async (before, after, most) => {
    const keys = await nextKeys(statements, version, after);
    const last = keys.at(-1);
    if (last === undefined) return { removed: 0, done: true };
    const removed = await statements.run(
      statements.dialect.deleteSome({ table: "vote", key: VOTE_KEY, where: OLD }),
      [version, last.subject, keys.map(({ key }) => key), hourOf(before), before, most],
    );
    const reached = removed === most ? after : last;
    return { removed, done: false, ...(reached === undefined ? {} : { after: reached }) };
  };

/** The next keys of one subject that have a score, as every key with votes has. */
async function nextKeys(
  { all, get }: Statements,
  version: number,
  after: SubjectKey | undefined,
): Promise<SubjectKey[]> {
  const keys = "SELECT subject, `key` FROM score WHERE version = ? AND subject = ?";
  if (after !== undefined) {
    const behind = `${keys} AND \`key\` > ? ORDER BY \`key\` LIMIT ?`;
    const rows = await all(behind, [version, after.subject, after.key, MAX_KEYS]);
    if (rows.length > 0) return rows.map(keyOf);
  }
  const subjects = "SELECT subject FROM score WHERE version = ? AND subject > ? ORDER BY subject LIMIT 1";
  const next = await get(subjects, [version, after?.subject ?? ""]);
  if (next === undefined) return [];
  return (await all(`${keys} ORDER BY \`key\` LIMIT ?`, [version, String(next.subject), MAX_KEYS])).map(keyOf);
}

const keyOf = (row: Record<string, unknown>): SubjectKey => ({
  subject: String(row.subject) as SubjectKey["subject"],
  key: String(row.key),
});
