import { timingSafeEqual } from "node:crypto";

/** Returns whether two secrets are equal. Compares in constant time for equal lengths. */
export function isSameSecret(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
