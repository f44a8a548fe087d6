import { DEFAULT_ENGINE, type EngineSettings } from "./neighbours.ts";

/**
 * `recency`: how fast a book's weight falls with the steps since, `(step+1)^-recency`. `lately`: the share of the books that all
 * chose lately; `alike`: that of books of the same authors, series or subjects; `fresh`: that of new books; all three where nobody
 * else chose the reader's books. `neighbours`: those that a list is drawn from where its books weigh alike.
 */
export type ListSettings = { recency: number; lately: number; alike: number; fresh: number; neighbours: number };
export type Settings = EngineSettings & ListSettings;

const DEFAULT_LISTS: ListSettings = { recency: 0.7, lately: 0.6, alike: 1, fresh: 0.25, neighbours: 400 };
/** The settings until `tune` has chosen others, chosen on dense and on sparse histories. */
export const DEFAULT_SETTINGS: Settings = { ...DEFAULT_ENGINE, ...DEFAULT_LISTS };

/** Stored settings; one that was added after they were stored has its default. */
export function restoreSettings<Stored extends Partial<Settings>>(stored: Stored): Settings & Stored {
  const restored = { ...DEFAULT_SETTINGS, ...stored };
  // Before there was `alike`, `lately` was a share of every list.
  return stored.alike === undefined ? { ...restored, lately: DEFAULT_SETTINGS.lately } : restored;
}
