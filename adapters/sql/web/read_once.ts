/** `flush` writes what the transaction has changed; without it nothing is stored. */
export type Flush = { flush(): Promise<void> };

export type Prefetch = {
  /** Reads what is not known yet, all at once. */
  prefetch(keys: string[]): Promise<void>;
};

/** What a transaction knows by key. */
interface ReadOnce<Found> extends Prefetch {
  get(key: string): Promise<Found | undefined>;
  /** Notes the value that the transaction gives to a key. */
  set(key: string, value: Found | undefined): void;
  /** All known keys, with undefined for those that are not stored. */
  entries(): Iterable<[string, Found | undefined]>;
}

/** Reads each key once in a transaction, and remembers those that are not stored too. */
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
