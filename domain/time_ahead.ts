import { MINUTE } from "./hours.ts";

/** Clocks differ, so the time of a message may be ahead of the local clock by this much. */
const MINUTES_AHEAD = 5;
export const MAX_AHEAD_MS = MINUTES_AHEAD * MINUTE;

export const isTooFarAhead = (time: number, now: number): boolean => time > now + MAX_AHEAD_MS;

/** The message for a time that is too far ahead. */
export const aheadFault = (time: number): string =>
  `time: wanted at most ${MINUTES_AHEAD} minutes ahead, found ${dateText(time)}`;

/** A time as an ISO date, or in milliseconds when it is out of the range of dates. */
const dateText = (time: number): string =>
  Math.abs(time) <= MAX_DATE_MS ? new Date(time).toISOString() : `${time} ms since 1970`;
const MAX_DATE_MS = 8.64e15;
