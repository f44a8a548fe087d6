/**
 * Leases with one owner at a time, so that no work is done twice at once. They expire by the store's clock, which may be set back.
 * All owners of a lease take it for the same duration, so one that expires later than that from now has a wrong end.
 */
export interface Leases {
  /**
   * Takes or renews each lease that no other owner has. Returns the owner's leases with their epochs, which rise with each change of
   * owner. Another owner's lease with a wrong end is shortened to `durationMs`: a live owner renews it before.
   */
  take(owner: string, names: string[], durationMs: number): Promise<Map<string, number>>;
  release(owner: string, names: string[]): Promise<void>;
  /** Returns the owners of the leases whose names begin with the prefix, without those that end after `durationMs`. */
  owners(prefix: string, durationMs: number): Promise<Map<string, string>>;
}

/** Fences a transaction by leases. */
export interface Fence {
  /** Throws `Fenced` unless each lease still has this epoch. No lease changes its owner until the transaction ends. */
  check(epochs: Map<string, number>): Promise<void>;
}
