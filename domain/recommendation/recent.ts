import type { Taste } from "./interaction.ts";

/** Newest steps that a list is drawn from, their books at most, and what is left of the weight from one to the next. */
const STEPS = 20;
const MOST_BOOKS = 100;
export const DECAY = 0.85;
/** Neighbours that a list is drawn from. The more books they are shared by, the more of them would only be popular. */
const MOST_NEIGHBOURS = 400;
/** Books that others are compared with by their facts. */
const COMPARED = 20;

/** A book of a reader and how much it counts in a list. */
export type Recent = { taste: Taste; weight: number };

/**
 * The books that a list is drawn from, newest first. Acts of one time are one step and weigh alike (a history that was imported
 * may have no other order): `0.85^step`, times how much the act says.
 */
export function recentOf(tastes: Taste[]): Recent[] {
  const recent: Recent[] = [];
  let step = -1;
  let time: number | undefined;
  for (const taste of tastes) {
    if (taste.weight <= 0) continue;
    if (taste.time !== time) step++;
    time = taste.time;
    if (step === STEPS || recent.length === MOST_BOOKS) break;
    recent.push({ taste, weight: DECAY ** step * taste.weight });
  }
  return recent;
}

/** So many of its nearest neighbours count for each of these books. */
export const nearestOfEach = (recent: Recent[]): number => Math.ceil(MOST_NEIGHBOURS / Math.max(1, recent.length));

/** Of these the books that others are compared with. */
export const comparedOf = (recent: Recent[]): Recent[] => recent.slice(0, COMPARED);
