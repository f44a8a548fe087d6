import { readFileSync } from "node:fs";

/** The check of a value. `refuse` is called once for each invalid value. */
export type Check<Value> = { passes(value: Value): boolean; refuse(): void };

type ReadAgain<Value> = {
  first: Value;
  /** Reads the value. Returns undefined while it cannot be read. */
  read(): Value | undefined;
  /** Returns the text by which two values are compared. */
  textOf(value: Value): string;
  check?: Check<Value> | undefined;
};

/**
 * Returns a function that reads a value again on each call. While the value is unreadable or invalid, it returns the last valid one.
 * Checks only changed values.
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

/** Returns the trimmed text of a file, or undefined when it is empty or cannot be read. */
export function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch {
    // The file may be being replaced.
    return undefined;
  }
}
