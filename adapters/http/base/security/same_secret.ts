import { timingSafeEqual } from "node:crypto";

/** Whether two secrets are the same; the time that it takes tells nothing but their lengths. */
export function isSameSecret(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
