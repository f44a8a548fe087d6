import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";

/** How long callers wait for a pending read before one of them reads again. */
const MAX_PENDING_MS = 30_000;

/** Caches a read for `maxAgeMs`. While a read is pending its callers share it, so that a part that hangs is read once. */
export function cacheFor<Value>(read: () => Promise<Value>, maxAgeMs: number, clock: Clock): () => Promise<Value> {
  let last: { at: number; keptMs: number; value: Promise<Value> } | undefined;
  return () => {
    if (last !== undefined && elapsedMs(clock, last.at) < last.keptMs) return last.value;
    const current = { at: clock.now(), keptMs: MAX_PENDING_MS, value: read() };
    last = current;
    const startAge = () => void Object.assign(current, { at: clock.now(), keptMs: maxAgeMs });
    current.value.then(startAge, startAge);
    return current.value;
  };
}

type CacheOptions = { maxAgeMs: number; most: number; clock: Clock };
/** What is kept by key; `read` is asked where nothing is. */
export type Cache<Value> = (key: string, read: () => Promise<Value>) => Promise<Value>;

/** Caches reads by key for `maxAgeMs`, at most so many: the oldest one is dropped. A read that fails is not kept. */
export function cacheEach<Value>(read: (key: string) => Promise<Value>, options: CacheOptions) {
  const cache = createCache<Value>(options);
  return (key: string): Promise<Value> => cache(key, () => read(key));
}

/** A cache as `cacheEach` makes it, for reads that are known only when they are needed. */
export function createCache<Value>({ maxAgeMs, most, clock }: CacheOptions): Cache<Value> {
  const kept = new Map<string, { at: number; value: Promise<Value> }>();
  return (key, read) => {
    const known = kept.get(key);
    if (known !== undefined && elapsedMs(clock, known.at) < maxAgeMs) return known.value;
    kept.delete(key);
    const value = read();
    kept.set(key, { at: clock.now(), value });
    value.catch(() => kept.get(key)?.value === value && kept.delete(key));
    if (kept.size > most) kept.delete(kept.keys().next().value!);
    return value;
  };
}

/** Reads by key of which those that ask while one is pending share it. Nothing is kept once it is there. */
export function sharePending<Value>(): Cache<Value> {
  const pending = new Map<string, Promise<Value>>();
  return (key, read) => {
    const known = pending.get(key);
    if (known !== undefined) return known;
    const value = read().finally(() => pending.delete(key));
    pending.set(key, value);
    return value;
  };
}

/**
 * Caches what lists of keys are read for, by key, for `maxAgeMs`, at most so many: the oldest are dropped. Only keys that are not
 * kept are read. Answers in the order of the keys, undefined for those that `readMissing` has nothing for.
 */
export function cacheLists<Value>(
  readMissing: (keys: string[]) => Promise<Map<string, Value>>,
  { maxAgeMs, most, clock }: CacheOptions,
): (keys: string[]) => Promise<(Value | undefined)[]> {
  const kept = new Map<string, { at: number; value: Value | undefined }>();
  return async (keys) => {
    const now = clock.now();
    const missing = new Map<string, number[]>();
    const values = keys.map((key, at) => {
      const known = kept.get(key);
      // A clock that was set back makes it long ago.
      if (known !== undefined && Math.abs(now - known.at) < maxAgeMs) return known.value;
      const places = missing.get(key);
      if (places === undefined) missing.set(key, [at]);
      else places.push(at);
      return undefined;
    });
    if (missing.size === 0) return values;
    const read = await readMissing([...missing.keys()]);
    for (const [key, places] of missing) {
      const value = read.get(key);
      for (const at of places) values[at] = value;
      kept.delete(key);
      kept.set(key, { at: now, value });
      if (kept.size > most) kept.delete(kept.keys().next().value!);
    }
    return values;
  };
}
