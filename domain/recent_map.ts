/**
 * A cache that keeps the most recently used entries: at least `most` in size, at most twice that.
 * It has two generations, because an exact LRU order would cost time at each look-up.
 */
export class RecentMap<Value> {
  readonly #most: number;
  readonly #sizeOf: (key: string, value: Value) => number;
  #fresh = new Map<string, Value>();
  #old = new Map<string, Value>();
  #size = 0;

  /** `sizeOf` is the size of an entry, 1 by default. */
  constructor(most: number, sizeOf: (key: string, value: Value) => number = () => 1) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  get(key: string): Value | undefined {
    const fresh = this.#fresh.get(key);
    if (fresh !== undefined) return fresh;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** Whether there is an entry. This does not count as a use. */
  has(key: string): boolean {
    return this.#fresh.has(key) || this.#old.has(key);
  }

  delete(key: string): void {
    const fresh = this.#fresh.get(key);
    if (fresh !== undefined) this.#size -= this.#sizeOf(key, fresh);
    this.#fresh.delete(key);
    this.#old.delete(key);
  }

  set(key: string, value: Value): void {
    this.delete(key);
    const size = this.#sizeOf(key, value);
    if (this.#size + size > this.#most) {
      [this.#fresh, this.#old] = [new Map(), this.#fresh];
      this.#size = 0;
    }
    this.#size += size;
    this.#fresh.set(key, value);
  }
}
