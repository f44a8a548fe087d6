import { DEFAULT_ENGINE, type EngineSettings } from "./neighbours.ts";

/** `recency`: how fast a book's weight falls with the steps since, `(step+1)^-recency`. `lately`: the share of the books that all chose lately. */
export type ListSettings = { recency: number; lately: number };
export type Settings = EngineSettings & ListSettings;

/** The settings until `tune` has chosen others, chosen on dense and on sparse histories. */
export const DEFAULT_SETTINGS: Settings = { ...DEFAULT_ENGINE, recency: 0.7, lately: 0.2 };

/** Stored settings; one that was added after they were stored has its default. */
export const restoreSettings = <Stored extends Partial<Settings>>(stored: Stored): Settings & Stored => ({
  ...DEFAULT_SETTINGS,
  ...stored,
});

/** The values to try, by name. */
const TRIED: Partial<Record<keyof Settings, number[]>> = {
  lately: [0.05, 0.2, 0.5, 1],
  fade: [0, 0.4, 0.7, 1],
  recency: [0.4, 0.7, 1],
  shrink: [1, 2, 8],
  g: [0.3, 0.5, 0.7],
  keep: [20, 50, 120],
};

/** The other values to try, the most important first. */
export const otherValues = (settings: Settings): { name: keyof Settings; value: number }[] =>
  (Object.keys(TRIED) as (keyof Settings)[]).flatMap((name) =>
    (TRIED[name] ?? []).filter((value) => value !== settings[name]).map((value) => ({ name, value }))
  );
