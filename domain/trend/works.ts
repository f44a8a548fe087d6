/** The keys of one work: the shown edition first, then the others. */
export type Editions = [shown: string, ...others: string[]];

/**
 * Groups books by work, so that a work has one place in a list. The edition with the most weight is shown, ties by id.
 * A book without a known work is a work of its own.
 */
export function byWork(
  ids: string[],
  workOf: (id: string) => string | undefined,
  weightOf: (id: string) => number,
): Editions[] {
  const works = Map.groupBy(ids, (id) => workOf(id) ?? `book ${id}`);
  return [...works.values()].map((editions) => {
    if (editions.length === 1) return [editions[0]!];
    const weights = new Map(editions.map((id) => [id, weightOf(id)]));
    const [shown, ...others] = editions.toSorted((a, b) => weights.get(b)! - weights.get(a)! || (a < b ? -1 : 1));
    return [shown!, ...others];
  });
}
