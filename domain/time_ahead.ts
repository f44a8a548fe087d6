import { MINUTE } from "./hours.ts";

/** Clocks differ: a message may say a time that is so far ahead of the clock here, and no further. */
const MINUTES_AHEAD = 5;
export const MAX_AHEAD_MS = MINUTES_AHEAD * MINUTE;

export const isTooFarAhead = (time: number, now: number): boolean => time > now + MAX_AHEAD_MS;

/** What is wrong with a time that is too far ahead, as it was found. */
export const aheadFault = (found: string | undefined): string =>
  `time: wanted at most ${MINUTES_AHEAD} minutes ahead, found ${found}`;
