import { dayOf } from "@/domain/hours.ts";
import { isClientVoter, type Vote, voteKey } from "./vote.ts";

/**
 * The most that a reader's acts of one day (UTC) weigh for one key, in tenths: the weight of the heaviest act, five stars.
 * So a reader who acts all day counts like one reader.
 */
const MAX_DAY_WEIGHT = 50;

/** Whether a vote's weight is bounded by day. A client's is not, because it has only one light vote an hour. */
export const isBounded = ({ reader }: Vote): boolean => !isClientVoter(reader);

/**
 * Bounds the weight of votes by what their readers have left for that key and day, down to 0.
 * `stored` are the stored votes of these readers, keys and days. A day's total does not depend on the order of its votes.
 */
export function boundByDay(votes: Vote[], stored: Vote[]): Vote[] {
  const known = new Set(stored.map(voteKey));
  const spent = new Map<string, number>();
  const spend = (vote: Vote) => spent.set(dayKey(vote), (spent.get(dayKey(vote)) ?? 0) + vote.weight);
  stored.forEach(spend);
  return votes.map((vote) => {
    if (!isBounded(vote) || known.has(voteKey(vote))) return vote;
    const left = Math.max(0, MAX_DAY_WEIGHT - (spent.get(dayKey(vote)) ?? 0));
    const bound = vote.weight <= left ? vote : { ...vote, weight: left };
    known.add(voteKey(vote));
    spend(bound);
    return bound;
  });
}

/** The identity of a voter's day for a key. */
export const dayKey = ({ subject, key, reader, time }: Vote): string =>
  JSON.stringify([subject, key, dayOf(time), reader]);
