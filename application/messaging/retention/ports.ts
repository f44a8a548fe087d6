/** A log that this suite stores itself. A broker removes its own messages. */
export interface TrimmableLog {
  /**
   * Removes the oldest messages, at most `most`: those from before `read` that every group of their topic has read, and
   * all from before `any`. A group that has not read a removed message halts there. Returns how many it removed.
   */
  trim(before: { read: number; any: number }, most: number): Promise<number>;
  /** The size of the messages in bytes. */
  size(): Promise<number>;
}
