import { dayOf } from "@/domain/hours.ts";
import { isClientVoter, type Vote, voteKey } from "./vote.ts";

/**
 * What a reader's acts of one day (UTC) weigh together for one key at most, in tenths: as much as the heaviest of them, five
 * stars. So a reader who acts all day long is one reader.
 */
const MAX_DAY_WEIGHT = 50;

/** Whether a vote's weight is bounded by day. A client has one vote of little weight an hour, which is bound enough. */
export const isBounded = ({ reader }: Vote): boolean => !isClientVoter(reader);

/**
 * Votes with the weight that their readers have left for their keys on their days; 0 where nothing is left. `stored`: the
 * votes of these readers, keys and days that are stored. The weight of a day is the same in whatever order its votes come.
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

/** The name of a voter's day for a key. */
export const dayKey = ({ subject, key, reader, time }: Vote): string =>
  JSON.stringify([subject, key, dayOf(time), reader]);
