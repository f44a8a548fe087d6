/** Chance that a seed repeats. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number;
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  chance(share: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  /** Another chance of its own, so that what one part draws does not depend on how often another one does. */
  fork(name: string): Random;
}

/** Mulberry32 (T. Ettinger, 2017): 32 bits of state, for tests and simulations, never for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    next,
    below,
    int: (from, to) => from + below(to - from + 1),
    chance: (share) => next() < share,
    pick(values) {
      if (values.length === 0) throw new Error("nothing to pick from");
      return values[below(values.length)]!;
    },
    fork: (name) =>
      createRandom([...name].reduce((sum, sign) => Math.imul(sum ^ sign.charCodeAt(0), 16_777_619), seed)),
  };
}
