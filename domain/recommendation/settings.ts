import { DEFAULT_ENGINE, type EngineSettings } from "./neighbours.ts";

/** Settings of lists: what is left of a book's weight from one step to the next, and the share of what all choose lately. */
export type ListSettings = { decay: number; lately: number };
export type Settings = EngineSettings & ListSettings;

/** What holds until `tune` has chosen for a shop; chosen on dense and on sparse histories. */
export const DEFAULT_SETTINGS: Settings = { ...DEFAULT_ENGINE, decay: 0.85, lately: 0.2 };

/** Values that are tried, by name. */
const TRIED: Partial<Record<keyof Settings, number[]>> = {
  lately: [0.05, 0.2, 0.5, 1],
  fade: [0, 0.4, 0.7, 1],
  decay: [0.75, 0.85, 0.95],
  shrink: [0.5, 2, 6],
  g: [0.3, 0.5, 0.7],
  keep: [20, 50, 120],
};

/** Values that these settings do not have, those that matter most first. */
export const otherValues = (settings: Settings): { name: keyof Settings; value: number }[] =>
  (Object.keys(TRIED) as (keyof Settings)[]).flatMap((name) =>
    (TRIED[name] ?? []).filter((value) => value !== settings[name]).map((value) => ({ name, value }))
  );
