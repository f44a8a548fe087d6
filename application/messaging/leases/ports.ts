/**
 * Each lease has one owner at a time, so that work is not done twice at once. It ends by the store's clock, which may be set
 * back: all that ask for a lease want it for the same time, so one that ends later than that from now has a wrong end.
 */
export interface Leases {
  /**
   * Takes or renews each name that no other owner has. Returns the names that the owner has now, each with its epoch,
   * which rises with every change of owner. Another owner's lease that ends after `durationMs` ends then: who is alive
   * renews it before.
   */
  take(owner: string, names: string[], durationMs: number): Promise<Map<string, number>>;
  release(owner: string, names: string[]): Promise<void>;
  /** The owners of the names that begin with the prefix, by name, without leases that end after `durationMs`. */
  owners(prefix: string, durationMs: number): Promise<Map<string, string>>;
}

/** Leases inside a transaction. */
export interface Fence {
  /** Throws `Fenced` unless each lease still has this epoch. The leases keep their owners until the transaction ends. */
  check(epochs: Map<string, number>): Promise<void>;
}
