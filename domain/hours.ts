/** Durations in milliseconds. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The number of the hour (since 1970, UTC) that a time falls in. */
export const hourOf = (time: number): number => Math.floor(time / HOUR);
/** The number of the day (since 1970, UTC) that a time falls in. */
export const dayOf = (time: number): number => Math.floor(time / DAY);
