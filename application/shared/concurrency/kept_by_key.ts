/**
 * Keeps what was read by key until it is forgotten. What was forgotten while it was read is not kept, as the read may have been
 * before the change.
 */
export class KeptByKey<Value> {
  readonly #read: (keys: string[]) => Promise<Map<string, Value>>;
  readonly #kept = new Map<string, Value | undefined>();
  /** The latest read that is under way for a key. */
  readonly #reading = new Map<string, symbol>();

  /** `read`: values by key, none for a key that has none. */
  constructor(read: (keys: string[]) => Promise<Map<string, Value>>) {
    this.#read = read;
  }

  /** The value of each key that has one. Only keys that are not kept are read. */
  async get(keys: string[]): Promise<Map<string, Value>> {
    const found = new Map<string, Value>();
    const missing: string[] = [];
    for (const key of keys) {
      const kept = this.#kept.get(key);
      if (kept !== undefined) found.set(key, kept);
      else if (!this.#kept.has(key)) missing.push(key);
    }
    if (missing.length === 0) return found;
    for (const [key, value] of await this.#readAll(missing)) found.set(key, value);
    return found;
  }

  /** Forgets these keys, or all. */
  forget(keys: Iterable<string> = [...this.#kept.keys(), ...this.#reading.keys()]): void {
    for (const key of keys) {
      this.#kept.delete(key);
      this.#reading.delete(key);
    }
  }

  async #readAll(keys: string[]): Promise<Map<string, Value>> {
    const own = Symbol();
    for (const key of keys) this.#reading.set(key, own);
    try {
      const read = await this.#read(keys);
      for (const key of keys) if (this.#reading.get(key) === own) this.#kept.set(key, read.get(key));
      return read;
    } finally {
      for (const key of keys) if (this.#reading.get(key) === own) this.#reading.delete(key);
    }
  }
}
