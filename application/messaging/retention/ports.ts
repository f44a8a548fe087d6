/** A log that this suite stores itself. A broker removes its own messages. */
export interface TrimmableLog {
  /**
   * Removes the oldest messages: those from before `read` that every group of their topic has read, and all from before
   * `any`. A group that has not read a removed message halts there. Messages that were appended together may be one row and go
   * together. Removes `most` rows at most, and returns how many.
   */
  trim(before: { read: number; any: number }, most: number): Promise<number>;
  /** The size of the messages in bytes. */
  size(): Promise<number>;
}
