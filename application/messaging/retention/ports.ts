/** A log that this suite keeps itself; what a broker keeps is the broker's own matter. */
export interface TrimmableLog {
  /**
   * Removes the oldest messages, at most so many: those from before `read` (ms) that every group that has ever followed their
   * topic has read, and those from before `any`. A group that comes to a removed message halts there. How many it were.
   */
  trim(before: { read: number; any: number }, most: number): Promise<number>;
  /** Bytes that the messages take. */
  size(): Promise<number>;
}
