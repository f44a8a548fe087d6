const TOP = 20;
const discountAt = (rank: number): number => 1 / Math.log2(rank + 2);

/**
 * NDCG@20 of a list, 0 to 1: its gains, discounted by rank, divided by those of the ideal list
 * (Järvelin and Kekäläinen, TOIS 2002). 0 when no key has a gain.
 */
export function ndcg(list: readonly string[], gains: ReadonlyMap<string, number>): number {
  const best = [...gains.values()].sort((a, b) => b - a).slice(0, TOP);
  const ideal = best.reduce((sum, gain, rank) => sum + gain * discountAt(rank), 0);
  const found = list.slice(0, TOP).reduce((sum, key, rank) => sum + (gains.get(key) ?? 0) * discountAt(rank), 0);
  return ideal === 0 ? 0 : found / ideal;
}
