/** A token bucket: `perSecond` requests continuously, `burst` at once after a pause. */
export type Rate = { perSecond: number; burst: number };

/** What is left of a bucket, and in how many seconds it is full again or, where a request was refused, has enough for it. */
export type Quota = { isRefused: boolean; remaining: number; seconds: number };

/** Buckets of one kind, each with a key. */
export interface Buckets {
  /** Takes tokens where there are enough. */
  take(key: string, tokens?: number): Quota;
  /** Takes a token also where there is none: what is missing is paid back first. Nobody owes more than a bucket holds. */
  owe(key: string): void;
  /** Whether there is a token; it stays. */
  has(key: string): boolean;
}

/** The charge of one request, and the headers of the remaining tokens. */
export type Bill = { charge(tokens: number): void; headers(): [name: string, value: string][] };

/** The most buckets that are stored. The least recently used one is dropped, as if it were full again. */
const MAX_BUCKETS = 50_000;

/**
 * Token buckets by the generic cell rate algorithm (ITU-T I.371): all that is stored of a bucket is when it will be full again.
 * A full one is the same as none.
 */
export function createBuckets({ perSecond, burst }: Rate, now = () => performance.now(), most = MAX_BUCKETS): Buckets {
  const fullAt = new Map<string, number>();
  const tokenMs = 1_000 / perSecond;

  function store(key: string, full: number): void {
    fullAt.delete(key);
    fullAt.set(key, full);
    const [oldest] = fullAt.keys();
    if (fullAt.size > most) fullAt.delete(oldest!);
  }

  return {
    take(key, tokens = 1) {
      const time = now();
      const before = Math.max(fullAt.get(key) ?? 0, time);
      const after = before + tokens * tokenMs;
      const missingMs = after - time - burst * tokenMs;
      // A full bucket grants even a charge above its burst, as it never holds more.
      const isRefused = missingMs > 0 && before > time;
      const full = isRefused ? before : after;
      store(key, full);
      return {
        isRefused,
        remaining: Math.max(0, Math.floor(burst - (full - time) / tokenMs)),
        seconds: Math.ceil((isRefused ? Math.min(missingMs, before - time) : full - time) / 1_000),
      };
    },
    owe(key) {
      const time = now();
      const before = Math.max(fullAt.get(key) ?? 0, time);
      store(key, Math.min(before + tokenMs, time + 2 * burst * tokenMs));
    },
    has: (key) => (fullAt.get(key) ?? 0) + tokenMs <= now() + burst * tokenMs,
  };
}
