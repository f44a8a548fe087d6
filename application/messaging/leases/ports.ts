/** One owner at a time for work that must not be done twice at once. The store's clock decides when a lease has ended. */
export interface Leases {
  /**
   * Takes or renews each name that nobody else holds, for so long (ms). Returns those that are the owner's by now, each with
   * its epoch, which rises with every change of owner.
   */
  take(owner: string, names: string[], duration: number): Promise<Map<string, number>>;
  release(owner: string, names: string[]): Promise<void>;
  /** The owners of the names that begin so. */
  held(prefix: string): Promise<Map<string, string>>;
}

/** In a transaction: what its owner still holds. */
export interface Fence {
  /** Throws `Fenced` unless each lease has the epoch given here; it keeps it until the transaction ends. */
  check(epochs: Map<string, number>): Promise<void>;
}
