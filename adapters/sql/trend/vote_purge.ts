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

/** The next keys of one subject. They are read from the scores, as every key with votes has one. */
async function nextKeys({ all }: Statements, version: number, after: SubjectKey | undefined): Promise<SubjectKey[]> {
  if (after !== undefined) {
    const rows = await all(
      "SELECT subject, `key` FROM score WHERE version = ? AND subject = ? AND `key` > ? ORDER BY `key` LIMIT ?",
      [version, after.subject, after.key, MAX_KEYS],
    );
    if (rows.length > 0) return rows.map(keyOf);
  }
  const rows = await all(
    "SELECT score.subject, `key` FROM score JOIN (SELECT MIN(subject) AS subject FROM score WHERE version = ? AND subject > ?) AS next " +
      "ON next.subject = score.subject WHERE version = ? ORDER BY `key` LIMIT ?",
    [version, after?.subject ?? "", version, MAX_KEYS],
  );
  return rows.map(keyOf);
}

const keyOf = (row: Record<string, unknown>): SubjectKey => ({
  subject: String(row.subject) as SubjectKey["subject"],
  key: String(row.key),
});
