/** The rate of a token bucket: `perSecond` requests continuously, `burst` requests at once after a pause. */
export type Rate = { perSecond: number; burst: number };

/** The remaining tokens of a bucket. `seconds`: until it is full again or, after a refusal, until it has enough tokens. */
export type Quota = { isRefused: boolean; remaining: number; seconds: number };

/** The token buckets of one rate, by key. */
export interface Buckets {
  /** Takes tokens if there are enough. */
  take(key: string, tokens?: number): Quota;
  /** Takes a token even from an empty bucket, as a debt. The debt never exceeds the size of a bucket. */
  owe(key: string): void;
  /** Returns whether there is a token, without taking it. */
  has(key: string): boolean;
}

/** Charges tokens to one request, and returns the rate limit headers of its response. */
export type Bill = { charge(tokens: number): void; headers(): [name: string, value: string][] };

/** The most stored buckets. Beyond it the least recently used one is dropped, which makes it full. */
const MAX_BUCKETS = 50_000;

/**
 * Creates token buckets by the generic cell rate algorithm (ITU-T I.371): of each bucket only the time when it will be full again
 * is stored. A missing bucket is a full one.
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
      // A full bucket grants even a charge above its burst, which could never be granted otherwise.
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
