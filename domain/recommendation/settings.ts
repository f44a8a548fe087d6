import { DEFAULT_ENGINE, type EngineSettings } from "./neighbours.ts";

/**
 * `recency`: the exponent by which a book's weight falls with each step, `(step+1)^-recency`. `lately`, `alike`, `fresh`: the shares
 * of recent choices, of similar content and of new books, for a reader whose books nobody else chose; smaller for others.
 * `neighbours`: how many neighbours a list is based on if the reader's books weigh the same.
 */
export type ListSettings = { recency: number; lately: number; alike: number; fresh: number; neighbours: number };
export type Settings = EngineSettings & ListSettings;

const DEFAULT_LISTS: ListSettings = { recency: 0.7, lately: 0.6, alike: 1, fresh: 0.25, neighbours: 400 };
/** The settings before the first `tune`. They were chosen on dense and sparse histories. */
export const DEFAULT_SETTINGS: Settings = { ...DEFAULT_ENGINE, ...DEFAULT_LISTS };

/** Completes stored settings: a setting that is newer than they are gets its default. */
export function restoreSettings<Stored extends Partial<Settings>>(stored: Stored): Settings & Stored {
  const restored = { ...DEFAULT_SETTINGS, ...stored };
  // Settings from before `alike` have a `lately` of another meaning, a share of every list.
  return stored.alike === undefined ? { ...restored, lately: DEFAULT_SETTINGS.lately } : restored;
}
