import { hourOf } from "@/domain/hours.ts";
import type { SubjectKey, Votes } from "@/application/trend/ports.ts";
import type { SyncStatements as Statements } from "./connection.ts";

const OLD = "version = ? AND subject = ? AND key = ? AND hour < ? AND noted < ?";

/** Removes old votes of the next key: its oldest hours are a range of the primary key. */
export const createVotePurge = ({ get, run }: Statements, version: number): Votes["purge"] => (before, after, most) => {
  const next = nextKey(get, version, after);
  if (next === undefined) return Promise.resolve({ removed: 0, done: true });
  const old = [version, next.subject, next.key, hourOf(before), before];
  const removed = run(
    `DELETE FROM vote WHERE ${OLD} AND (hour, reader, kind) IN (SELECT hour, reader, kind FROM vote WHERE ${OLD} LIMIT ?)`,
    ...old,
    ...old,
    most,
  );
  const reached = removed === most ? after : next;
  return Promise.resolve({ removed, done: false, ...(reached === undefined ? {} : { after: reached }) });
};

/** The next key that has a score, as every key with votes has. */
function nextKey(get: Statements["get"], version: number, after: SubjectKey | undefined): SubjectKey | undefined {
  const row = after === undefined
    ? get("SELECT subject, key FROM score WHERE version = ? ORDER BY subject, key LIMIT 1", version)
    : get(
      "SELECT subject, key FROM score WHERE version = ? AND subject = ? AND key > ? ORDER BY key LIMIT 1",
      ...[version, after.subject, after.key],
    ) ?? get(
      "SELECT subject, key FROM score WHERE version = ? AND subject > ? ORDER BY subject, key LIMIT 1",
      ...[version, after.subject],
    );
  return row === undefined
    ? undefined
    : { subject: String(row.subject) as SubjectKey["subject"], key: String(row.key) };
}
