import { DAY } from "@/domain/hours.ts";

const WEEK = 7 * DAY;

/** The number of the week (seven days, since 1970, UTC) that a time falls in. Votes are removed week by week. */
export const weekOf = (time: number): number => Math.floor(time / WEEK);
/** When a week begins. */
export const startOfWeek = (week: number): number => week * WEEK;

/** Whether a vote is stored more than half a day after its week. */
export const isLate = (voted: number, stored: number): boolean => stored >= startOfWeek(weekOf(voted) + 1) + DAY / 2;

/**
 * The start of the first week that is kept, when votes from before a time are old. The last day is left, so that every vote of an
 * earlier week that is not late was stored before that time too.
 */
export const keptSince = (before: number): number => startOfWeek(weekOf(before - DAY));
