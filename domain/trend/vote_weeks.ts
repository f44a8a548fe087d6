import { DAY } from "@/domain/hours.ts";

const WEEK = 7 * DAY;

/** The number of a time's week (seven days, counted from 1970, UTC). Votes are removed by week. */
export const weekOf = (time: number): number => Math.floor(time / WEEK);
/** The time at which a week begins. */
export const startOfWeek = (week: number): number => week * WEEK;

/** Whether a vote is stored more than half a day after the end of its week. */
export const isLate = (voted: number, stored: number): boolean => stored >= startOfWeek(weekOf(voted) + 1) + DAY / 2;

/**
 * The start of the first week to keep when votes before a time have expired. It keeps one more day, so that every removed
 * vote that was not late was also stored before that time.
 */
export const keptSince = (before: number): number => startOfWeek(weekOf(before - DAY));
