/** A log that the suite stores itself. A broker applies its own retention. */
export interface TrimmableLog {
  /**
   * Removes the oldest messages, at most `most` rows, and returns how many: those from before `read` that every group has read, and
   * all from before `any`. A group that has not read a removed message halts there. Messages of one row are removed together.
   */
  trim(before: { read: number; any: number }, most: number): Promise<number>;
  /** Returns the size of the log in bytes. */
  size(): Promise<number>;
}
