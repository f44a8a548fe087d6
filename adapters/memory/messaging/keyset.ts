import { byText } from "./database.ts";

type Key = (string | number)[];
const compare = (a: Key, b: Key): number => {
  for (const [at, one] of a.entries()) {
    const other = b[at]!;
    const order = typeof one === "number" && typeof other === "number"
      ? one - other
      : byText(String(one), String(other));
    if (order !== 0) return order;
  }
  return 0;
};

/** Returns the first rows after `after` in key order. */
export function pageOf<Row extends Keyed, Keyed = Row>(
  rows: Row[],
  keyOf: (row: Keyed) => Key,
  after?: Keyed,
  limit?: number,
): Row[] {
  const behind = after === undefined ? rows : rows.filter((row) => compare(keyOf(row), keyOf(after)) > 0);
  return behind.sort((a, b) => compare(keyOf(a), keyOf(b))).slice(0, limit);
}
