/** Chance from a seed: the same seed gives the same numbers. */
export type Random = {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
};

/** Numbers by mulberry32 (Tommy Ettinger): 32 bits of state, good enough to choose what happens next. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (end: number): number => Math.floor(next() * end);
  return {
    next,
    below,
    chance: (probability) => probability > 0 && next() < probability,
    pick(items) {
      if (items.length === 0) throw new Error("nothing to pick from");
      return items[below(items.length)]!;
    },
  };
}
