import { DAY, HOUR, MINUTE } from "@/domain/hours.ts";

/** A window names a half-life: in `24h` a vote loses half its weight in 24 hours. */
export const WINDOWS = ["1h", "24h", "7d", "30d", "90d"] as const;
export type Window = (typeof WINDOWS)[number];

export const HALF_LIFE_MS: Record<Window, number> = {
  "1h": HOUR,
  "24h": DAY,
  "7d": 7 * DAY,
  "30d": 30 * DAY,
  "90d": 90 * DAY,
};

/** A value for each window. */
export type PerWindow = Record<Window, number>;

/** The length of a time bucket. */
export const BUCKET_MS = 5 * MINUTE;

/** The start of a time's bucket. */
export const bucketOf = (time: number): number => Math.floor(time / BUCKET_MS) * BUCKET_MS;
