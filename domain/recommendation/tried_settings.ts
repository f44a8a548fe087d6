import type { Settings } from "./settings.ts";

export type Change = Partial<Settings>;

/** Changes that make a difference only in a history with times. Without times all acts are one step. */
const ORDERED: Change[] = [
  ...[0.2, 0.6, 1.2, 2.5].map((lately) => ({ lately })),
  ...[0, 0.1, 0.25].map((fresh) => ({ fresh })),
  ...[0, 0.2, 0.4, 0.7, 1].map((fade) => ({ fade })),
  ...[0.4, 0.7, 1].map((recency) => ({ recency })),
];
const TRIED: Change[] = [
  ...[0.4, 1, 1.6, 3].map((alike) => ({ alike })),
  ...[0.2, 0.35, 0.5, 0.65].map((target) => ({ target })),
  ...[1, 4, 10, 25].map((shrink) => ({ shrink })),
  ...[0, 0.25, 0.5, 0.75].map((g) => ({ g })),
  // A list that is based on more neighbours needs more of each book.
  { keep: 20, neighbours: 150 },
  { keep: 50, neighbours: 400 },
  { keep: 120, neighbours: 1_000 },
  { keep: 250, neighbours: 2_500 },
  ...[0.35, 0.5, 0.65].map((source) => ({ source })),
];

/** Returns the changes to try, in this order. */
export const triedChanges = (isOrdered: boolean): Change[] => isOrdered ? [...ORDERED, ...TRIED] : TRIED;

/** Returns smaller changes to try around the chosen settings. */
export const finerChanges = ({ target, shrink, g, source }: Settings): Change[] => [
  ...around(target, 0.07).map((target) => ({ target })),
  { shrink: shrink * 0.6 },
  { shrink: shrink * 1.6 },
  ...around(g, 0.12).map((g) => ({ g })),
  ...around(source, 0.07).map((source) => ({ source })),
];

const around = (value: number, step: number): number[] =>
  [Math.max(0, value - step), value + step].map((one) => Math.round(one * 100) / 100);
