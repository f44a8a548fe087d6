/** Writes what the transaction has changed; without it nothing is stored. */
export type Flush = { flush(): Promise<void> };

/** What a transaction knows by key. */
interface ReadOnce<Found> {
  /** Reads what is not known yet, all at once. */
  prefetch(keys: string[]): Promise<void>;
  get(key: string): Promise<Found | undefined>;
  /** What the transaction makes of it. */
  set(key: string, value: Found | undefined): void;
  /** Everything that is known. */
  entries(): Iterable<[string, Found | undefined]>;
}

/** Reads each key once in a transaction, those that are not there too. */
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
