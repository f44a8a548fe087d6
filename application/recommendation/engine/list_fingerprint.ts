import type { NeighbourList } from "@/application/recommendation/ports.ts";

/** A whole number of 53 bits that differs for lists that differ, but once in 2^53 (two sums by FNV-1a with other multipliers). */
export function listFingerprint({ readers, neighbours }: Pick<NeighbourList, "readers" | "neighbours">): number {
  let [low, high] = [0x811c9dc5, 0x811c9dc5];
  const add = (value: number) => {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ value, 0x85ebca6b);
  };
  add(readers);
  for (const { book, similarity } of neighbours) {
    for (let at = 0; at < book.length; at++) add(book.charCodeAt(at));
    // Similarities are whole billionths. An id ends before them.
    add(-1);
    add(Math.round(similarity * 1e9));
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
