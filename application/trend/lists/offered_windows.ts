import { DAY } from "@/domain/hours.ts";
import { halfLifeOf } from "@/domain/trend/half_life.ts";
import { HALF_LIFE_MS, type Window, WINDOWS } from "@/domain/trend/window.ts";
import type { TrendReader, TrendSettings } from "@/application/trend/ports.ts";

/** The windows that lists are offered in, shortest first, and the one that is meant where none is named. */
export type OfferedWindows = { window: string; windows: string[] };

const OBSERVED_MS = 90 * DAY;
/** Buckets with acts that the default window has in a half-life, at the pace of the last 90 days. */
const ENOUGH = 80;
/** As many as a list is long. */
const SOME = 20;
/** The longest windows are offered to a shop however quiet it is. */
const ALWAYS: readonly Window[] = ["7d", "30d", "90d"];

/**
 * What `tune` has chosen. Before that the default is the shortest window from a day on in which enough is done, so that lists of a
 * busy shop are about today and those of a small library about months.
 */
export async function offeredWindows(
  { settings, view, at }: { settings: TrendSettings; view: TrendReader; at: number },
): Promise<OfferedWindows> {
  const chosen = await settings.last();
  if (chosen !== undefined) return withDefault(chosen.setting);
  const needed = (window: Window, acts: number) => Math.ceil(acts * OBSERVED_MS / HALF_LIFE_MS[window]);
  const done = await view.busy("book", at - OBSERVED_MS, needed("1h", SOME));
  const has = (window: Window, acts: number) => done >= needed(window, acts);
  const window = WINDOWS.find((one) => one !== "1h" && has(one, ENOUGH)) ?? "90d";
  const windows = WINDOWS.filter((one) => ALWAYS.includes(one) || has(one, SOME));
  return withDefault({ window, windows });
}

/** The default is one of those that are offered. */
const withDefault = ({ window, windows }: OfferedWindows): OfferedWindows => ({
  window,
  windows: [...new Set([...windows, window])].sort((a, b) => halfLifeOf(a)! - halfLifeOf(b)!),
});
