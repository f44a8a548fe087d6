import { DEFAULT_ENGINE, type EngineSettings } from "./neighbours.ts";

/**
 * `recency`: how fast a book's weight falls with the steps since, `(step+1)^-recency`. `lately`: the share of the books that all
 * chose lately. `neighbours`: those that a list is drawn from where its books weigh alike.
 */
export type ListSettings = { recency: number; lately: number; neighbours: number };
export type Settings = EngineSettings & ListSettings;

/** The settings until `tune` has chosen others, chosen on dense and on sparse histories. */
export const DEFAULT_SETTINGS: Settings = { ...DEFAULT_ENGINE, recency: 0.7, lately: 0.2, neighbours: 400 };

/** Stored settings; one that was added after they were stored has its default. */
export const restoreSettings = <Stored extends Partial<Settings>>(stored: Stored): Settings & Stored => ({
  ...DEFAULT_SETTINGS,
  ...stored,
});
