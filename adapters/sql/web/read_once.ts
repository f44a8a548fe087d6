/** `flush` writes the buffered changes of a transaction. */
export type Flush = { flush(): Promise<void> };

export type Prefetch = {
  /** Reads the keys that are not cached yet, in one read. */
  prefetch(keys: string[]): Promise<void>;
};

/** A transaction's cache of values by key. */
interface ReadOnce<Found> extends Prefetch {
  get(key: string): Promise<Found | undefined>;
  /** Sets the cached value of a key; undefined when it is removed. */
  set(key: string, value: Found | undefined): void;
  /** All cached keys, with undefined for those that do not exist. */
  entries(): Iterable<[string, Found | undefined]>;
}

/** Reads each key once per transaction. Missing keys are cached, too. */
export function readOnce<Found>(read: (keys: string[]) => Promise<Iterable<[string, Found]>>): ReadOnce<Found> {
  const known = new Map<string, Found | undefined>();
  async function prefetch(keys: string[]): Promise<void> {
    const unknown = [...new Set(keys)].filter((key) => !known.has(key));
    if (unknown.length === 0) return;
    const found = new Map(await read(unknown));
    for (const key of unknown) known.set(key, found.get(key));
  }
  return {
    prefetch,
    async get(key) {
      if (!known.has(key)) await prefetch([key]);
      return known.get(key);
    },
    set: (key, value) => void known.set(key, value),
    entries: () => known.entries(),
  };
}
