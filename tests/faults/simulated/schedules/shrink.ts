/**
 * Leaves out of a failing list what it does not need to fail: the delta debugging of Zeller and Hildebrandt (2002), "ddmin".
 * The answer still fails; when the runs suffice, no single item of it can be left out. `most`: how often `fails` is asked at most.
 */
export async function shrink<Item>(
  items: readonly Item[],
  fails: (some: Item[]) => Promise<boolean>,
  most: number,
): Promise<Item[]> {
  let left = [...items];
  let runs = 0;
  const stillFails = async (some: Item[]) => runs++ < most && await fails(some);
  let parts = 1;
  while (left.length > 0 && runs < most) {
    const size = Math.ceil(left.length / parts);
    let smaller: Item[] | undefined;
    for (let from = 0; from < left.length && smaller === undefined; from += size) {
      const rest = left.toSpliced(from, size);
      if (await stillFails(rest)) smaller = rest;
    }
    if (smaller !== undefined) {
      left = smaller;
      parts = Math.max(1, Math.min(parts - 1, left.length));
    } else if (size === 1) break;
    else parts = Math.min(left.length, parts * 2);
  }
  return left;
}
