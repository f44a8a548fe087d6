import type { Taste } from "./interaction.ts";
import type { ListSettings } from "./settings.ts";

/** How many of the newest steps a list is based on, and how many of their books at most. */
const STEPS = 20;
const MOST_BOOKS = 100;
/** How many recent books candidates are compared with by content. */
const COMPARED = 20;

/** A reader's book and its weight in their list. */
export type Recent = { taste: Taste; weight: number };

/**
 * Returns the books that a list is based on, newest first. The weight is `(step+1)^-recency` times the weight of the act. Acts of
 * the same time are one step, because an imported history may have no other order.
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
 * Returns how many of its nearest neighbours count for each of these books. They share `neighbours`; a book of little weight
 * takes a smaller share.
 */
export function nearestOfEach(recent: Recent[], { neighbours }: Pick<ListSettings, "neighbours">): number {
  const most = recent.reduce((most, { weight }) => Math.max(most, weight), 0);
  const books = recent.reduce((sum, { weight }) => sum + weight / most, 0);
  return Math.ceil(neighbours / Math.max(1, books));
}

/** Returns the recent books that candidates are compared with by content. */
export const comparedOf = (recent: Recent[]): Recent[] => recent.slice(0, COMPARED);
