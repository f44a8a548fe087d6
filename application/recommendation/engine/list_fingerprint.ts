import type { NeighbourList } from "@/application/recommendation/ports.ts";

/** Returns a 53-bit hash of a list: two sums by FNV-1a with different multipliers. Two lists collide with probability 2^-53. */
export function listFingerprint({ readers, neighbours }: Pick<NeighbourList, "readers" | "neighbours">): number {
  let [low, high] = [0x811c9dc5, 0x811c9dc5];
  const add = (value: number) => {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ value, 0x85ebca6b);
  };
  add(readers);
  for (const { book, similarity } of neighbours) {
    for (let at = 0; at < book.length; at++) add(book.charCodeAt(at));
    // Separates the id from the similarity, which is a whole number of 1e-9.
    add(-1);
    add(Math.round(similarity * 1e9));
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
