import { readFileSync } from "node:fs";

/** What a value has to be. `refuse` is called once for each value that is something else. */
export type Check<Value> = { passes(value: Value): boolean; refuse(): void };

type ReadAgain<Value> = {
  first: Value;
  /** Reads the value; undefined while it cannot be read. */
  read(): Value | undefined;
  /** By this text two values are compared. */
  textOf(value: Value): string;
  check?: Check<Value> | undefined;
};

/**
 * A value that is read again whenever it is needed. While it cannot be read or does not pass the check, the last one that did is
 * returned. Only a changed value is checked.
 */
export function lastGood<Value>({ first, read, textOf, check }: ReadAgain<Value>): () => Value {
  let last = first;
  let refused: string | undefined;
  return () => {
    const found = read();
    if (found === undefined) return last;
    const text = textOf(found);
    if (text === refused) return last;
    if (text === textOf(last) || check === undefined || check.passes(found)) {
      refused = undefined;
      return last = found;
    }
    refused = text;
    check.refuse();
    return last;
  };
}

/** The text of a file without space around it; undefined where it is empty or cannot be read. */
export function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch {
    // It is just being replaced.
    return undefined;
  }
}
