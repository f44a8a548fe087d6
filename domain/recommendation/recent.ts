import type { Taste } from "./interaction.ts";
import type { ListSettings } from "./settings.ts";

/** Newest steps that a list is drawn from, and their books at most. */
const STEPS = 20;
const MOST_BOOKS = 100;
/** Books that others are compared with by their facts. */
const COMPARED = 20;

/** A book of a reader and how much it counts in a list. */
export type Recent = { taste: Taste; weight: number };

/**
 * The books that a list is drawn from, newest first. Acts of one time are one step and weigh alike (a history that was imported
 * may have no other order): `(step+1)^-recency`, times how much the act says.
 */
export function recentOf(tastes: Taste[], { recency }: Pick<ListSettings, "recency">): Recent[] {
  const recent: Recent[] = [];
  let step = -1;
  let time: number | undefined;
  for (const taste of tastes) {
    if (taste.weight <= 0) continue;
    if (taste.time !== time) step++;
    time = taste.time;
    if (step === STEPS || recent.length === MOST_BOOKS) break;
    recent.push({ taste, weight: (step + 1) ** -recency * taste.weight });
  }
  return recent;
}

/**
 * So many of its nearest neighbours count for each of these books: all of them share `neighbours`, and those that weigh little
 * beside another share them less.
 */
export function nearestOfEach(recent: Recent[], { neighbours }: Pick<ListSettings, "neighbours">): number {
  const most = recent.reduce((most, { weight }) => Math.max(most, weight), 0);
  const books = recent.reduce((sum, { weight }) => sum + weight / most, 0);
  return Math.ceil(neighbours / Math.max(1, books));
}

/** Of these the books that others are compared with. */
export const comparedOf = (recent: Recent[]): Recent[] => recent.slice(0, COMPARED);
