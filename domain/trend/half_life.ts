import { DAY, HOUR } from "@/domain/hours.ts";
import { HALF_LIFE_MS, type Window, WINDOWS } from "./window.ts";

/** The name of a half-life: a whole number of hours (`36h`) or days (`70d`). */
export const HALF_LIFE_NAME = /^[1-9]\d{0,3}[hd]$/;
const SHORTEST_MS = HOUR;
const LONGEST_MS = 730 * DAY;

/** The half-life of a name in milliseconds, or undefined when it is not from an hour to two years. */
export function halfLifeOf(name: string): number | undefined {
  if (!HALF_LIFE_NAME.test(name)) return undefined;
  const ms = Number(name.slice(0, -1)) * (name.endsWith("h") ? HOUR : DAY);
  return ms >= SHORTEST_MS && ms <= LONGEST_MS ? ms : undefined;
}

/** The windows with stored scores that are nearest to a half-life: the same one, or one on each side. */
export function nearestWindows(halfLifeMs: number): Window[] {
  const same = WINDOWS.find((window) => HALF_LIFE_MS[window] === halfLifeMs);
  if (same !== undefined) return [same];
  const shorter = WINDOWS.findLast((window) => HALF_LIFE_MS[window] < halfLifeMs);
  const longer = WINDOWS.find((window) => HALF_LIFE_MS[window] > halfLifeMs);
  return [shorter, longer].filter((window) => window !== undefined);
}

/** The name of a half-life of whole hours. Whole days from two on are named in days. */
export const nameOfHalfLife = (ms: number): string =>
  ms % DAY === 0 && ms > DAY ? `${ms / DAY}d` : `${Math.round(ms / HOUR)}h`;
