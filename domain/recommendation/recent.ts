import type { Taste } from "./interaction.ts";
import type { ListSettings } from "./settings.ts";

/** Newest steps that a list is drawn from, and their books at most. */
const STEPS = 20;
const MOST_BOOKS = 100;
/** Neighbours that a list is drawn from. The more books they are shared by, the more of them would only be popular. */
const MOST_NEIGHBOURS = 400;
/** Books that others are compared with by their facts. */
const COMPARED = 20;

/** A book of a reader and how much it counts in a list. */
export type Recent = { taste: Taste; weight: number };

/**
 * The books that a list is drawn from, newest first. Acts of one time are one step and weigh alike (a history that was imported
 * may have no other order): `decay^step`, times how much the act says.
 */
export function recentOf(tastes: Taste[], { decay }: Pick<ListSettings, "decay">): Recent[] {
  const recent: Recent[] = [];
  let step = -1;
  let time: number | undefined;
  for (const taste of tastes) {
    if (taste.weight <= 0) continue;
    if (taste.time !== time) step++;
    time = taste.time;
    if (step === STEPS || recent.length === MOST_BOOKS) break;
    recent.push({ taste, weight: decay ** step * taste.weight });
  }
  return recent;
}

/** So many of its nearest neighbours count for each of these books. */
export const nearestOfEach = (recent: Recent[]): number => Math.ceil(MOST_NEIGHBOURS / Math.max(1, recent.length));

/** Of these the books that others are compared with. */
export const comparedOf = (recent: Recent[]): Recent[] => recent.slice(0, COMPARED);
