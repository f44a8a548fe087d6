import type { RetentionRule } from "@/application/messaging/retention/purge.ts";
import { bucketsOf, negative, uncount } from "./count_votes.ts";
import type { SubjectKey, TrendQuery, TrendStores, TrendVersion } from "@/application/trend/ports.ts";

type Version = Pick<TrendVersion, "uow" | "floor" | "shownHistory">;

/** Queries beyond which those of fewer than two readers go early: about 30 MB on SQLite. */
const CROWD = 50_000;
/** Queries of one step, which is a transaction of a few milliseconds. */
const MAX_KEYS = 50;
const ALL = Number.MAX_SAFE_INTEGER;

/**
 * Removes queries, step by step, of which no vote is left. A list holds no query without a stored vote, so every list stays as it is.
 */
export const queryPurge = ({ uow, shownHistory }: Version): RetentionRule["remove"] => {
  const next = walk(shownHistory);
  return (before) => next(before, (keys) => uow.run((stores) => removeUnvoted(keys, before, stores)));
};

/**
 * Removes queries, step by step, that fewer than two readers have searched for, with their votes, while more than `crowd` are
 * stored. A query whose readers come further apart than it is kept is not summed up meanwhile: one who comes later is its first.
 */
export const rareQueryPurge = (
  { uow, floor, shownHistory }: Version,
  crowd = CROWD,
): RetentionRule["remove"] => {
  const next = walk(shownHistory);
  return async (before) => {
    if (next.isAtStart() && await shownHistory.queryCount(crowd + 1) <= crowd) return { rows: 0, more: false };
    return await next(before, async (keys) => {
      const shared = await floor.reached("query", keys, 2);
      const rare = keys.filter((key) => !shared.has(key));
      return await uow.run(async (stores) => {
        const votes = await stores.votes.removeOf(rare.map(queryKey), before);
        await uncount(bucketsOf(votes, -1), stores);
        return await removeUnvoted(rare, before, stores);
      });
    });
  };
};

const queryKey = (key: string): SubjectKey => ({ subject: "query", key });

/** Removes what is stored of those of the queries that have no vote and were last searched for before a time. Returns how many went. */
async function removeUnvoted(keys: string[], before: number, stores: TrendStores): Promise<number> {
  await uncount(negative(await stores.counts.unvoted(keys.map(queryKey))), stores);
  return await stores.shown.removeUnvoted(keys, before);
}

/** Goes through all stored queries in the order of their keys, and from the start again. Those of later times are passed over. */
function walk(history: Version["shownHistory"]) {
  let after: TrendQuery | undefined;
  const next = async (before: number, remove: (keys: string[]) => Promise<number>) => {
    const page = await history.queries(ALL, after, MAX_KEYS);
    const keys = page.filter(({ time }) => time < before).map(({ key }) => key);
    const rows = keys.length === 0 ? 0 : await remove(keys);
    after = page.length < MAX_KEYS ? undefined : page.at(-1);
    return { rows, more: after !== undefined };
  };
  return Object.assign(next, { isAtStart: () => after === undefined });
}
