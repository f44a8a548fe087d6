import type { Clock } from "./ports.ts";

/** How long callers wait for a pending read before one of them reads again. */
const MAX_PENDING_MS = 30_000;

/** Caches a read for `maxAgeMs`. While a read is pending its callers share it, so that a part that hangs is read once. */
export function cacheFor<Value>(read: () => Promise<Value>, maxAgeMs: number, clock: Clock): () => Promise<Value> {
  let last: { at: number; value: Promise<Value> } | undefined;
  return () => {
    if (last !== undefined && clock.now() - last.at < maxAgeMs) return last.value;
    const current = { at: clock.now() + MAX_PENDING_MS, value: read() };
    last = current;
    const startAge = () => void (current.at = clock.now());
    current.value.then(startAge, startAge);
    return current.value;
  };
}
