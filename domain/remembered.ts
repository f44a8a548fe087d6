import { RecentMap } from "./recent_map.ts";

/** Longer keys seldom repeat, so they are not kept. */
const LONGEST = 400;

/**
 * Memoizes a pure function: keeps the last `most` to twice `most` results.
 * `keyOf` makes a text of everything that the function reads of its input. Callers must not change a result.
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

/** Memoizes a pure function of a text, such as a name, a subject or a title. */
export const remembered = <Value>(most: number, compute: (text: string) => Value): (text: string) => Value =>
  rememberedBy(most, (text) => text, compute);
