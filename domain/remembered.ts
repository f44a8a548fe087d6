/** Longer texts seldom repeat. */
const LONGEST = 200;

/**
 * A pure function of a text that keeps its last answers, at most twice `most`: names and subjects come again and again, and a title is asked for by
 * several. Answers must not be changed.
 */
export function remembered<Value>(most: number, compute: (text: string) => Value): (text: string) => Value {
  let [fresh, old] = [new Map<string, Value>(), new Map<string, Value>()];
  return (text) => {
    if (text.length > LONGEST) return compute(text);
    let value = fresh.get(text);
    if (value !== undefined) return value;
    value = old.get(text) ?? compute(text);
    if (fresh.size >= most) [fresh, old] = [new Map(), fresh];
    fresh.set(text, value);
    return value;
  };
}
