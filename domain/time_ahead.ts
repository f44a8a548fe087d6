import { MINUTE } from "./hours.ts";

/** Clocks differ: a message may say a time that is so far ahead of the clock here, and no further. */
const MINUTES_AHEAD = 5;
export const MAX_AHEAD_MS = MINUTES_AHEAD * MINUTE;

export const isTooFarAhead = (time: number, now: number): boolean => time > now + MAX_AHEAD_MS;

/** What is wrong with a time that is too far ahead. */
export const aheadFault = (time: number): string =>
  `time: wanted at most ${MINUTES_AHEAD} minutes ahead, found ${dateText(time)}`;

/** A time as a date, or as its milliseconds where there is no such date. */
const dateText = (time: number): string =>
  Math.abs(time) <= MAX_DATE_MS ? new Date(time).toISOString() : `${time} ms since 1970`;
const MAX_DATE_MS = 8.64e15;
