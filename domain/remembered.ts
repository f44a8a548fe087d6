import { RecentMap } from "./recent_map.ts";

/** Longer keys seldom repeat. */
const LONGEST = 400;

/**
 * A pure function that keeps its last answers, at most twice `most`, by a text that stands for all that it reads of its input. Answers
 * must not be changed.
 */
export function rememberedBy<Input, Value>(
  most: number,
  keyOf: (input: Input) => string,
  compute: (input: Input) => Value,
): (input: Input) => Value {
  const kept = new RecentMap<Value>(most);
  return (input) => {
    const key = keyOf(input);
    if (key.length > LONGEST) return compute(input);
    let value = kept.get(key);
    if (value === undefined) kept.set(key, value = compute(input));
    return value;
  };
}

/** A pure function of a text, remembered: names and subjects come again and again, and a title is asked for by several. */
export const remembered = <Value>(most: number, compute: (text: string) => Value): (text: string) => Value =>
  rememberedBy(most, (text) => text, compute);
