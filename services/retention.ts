import { DAY } from "@/domain/hours.ts";
import type { TrimmableLog } from "@/application/messaging/retention/ports.ts";
import type { DeadLetterClosing } from "@/application/messaging/dead_letters/ports.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import { type RetentionRule, stepOf } from "@/application/messaging/retention/purge.ts";

/** How long things are kept, in days. */
export type Retention = {
  /** Messages of the embedded log, once every group has read them; and those that a group has not read. */
  log: number;
  logMost: number;
  votes: number;
  /** Queries of which no vote is left, and those that fewer than two readers have searched for while there are too many. */
  queries: number;
  rareQueries: number;
  /** Ids of commands that came from topics. */
  commands: number;
  /** Dead letters that were replayed or discarded. */
  deadLetters: number;
  /**
   * Marks of erased readers of whom nothing was stored: longer than any cookie that names the reader lives, and than anything is on
   * its way.
   */
  marks: number;
};

export const RETENTION: Retention = {
  log: 90,
  logMost: 365,
  votes: 90,
  queries: 90,
  rareQueries: 2,
  commands: 30,
  deadLetters: 30,
  marks: 400,
};

/** The settings that say so, in days. */
type RetentionSettings = Record<"LOG_DAYS" | "LOG_MOST_DAYS" | "VOTE_DAYS" | "COMMAND_ID_DAYS" | "LETTER_DAYS", number>;

export const retentionOf = (settings: RetentionSettings): Retention => ({
  log: settings.LOG_DAYS,
  logMost: settings.LOG_MOST_DAYS,
  votes: settings.VOTE_DAYS,
  queries: settings.VOTE_DAYS,
  rareQueries: RETENTION.rareQueries,
  commands: settings.COMMAND_ID_DAYS,
  deadLetters: settings.LETTER_DAYS,
  marks: RETENTION.marks,
});

/** Removes rows from before a time, at most `most`, and returns how many. */
type Purged = { purge(before: number, most: number): Promise<number> };

/** Keeps rows of a store for a time. Each step of their removal is a transaction. */
export const retainRows = <Stores>(
  uow: UnitOfWork<Stores>,
  name: string,
  keptMs: number,
  of: (stores: Stores) => Purged,
): RetentionRule => ({
  name,
  keptMs,
  remove: async (before, most) => stepOf(await uow.run((stores) => of(stores).purge(before, most)), most),
});

/** Keeps dead letters of a store for a time after they were replayed or discarded. */
export const deadLetterRetention = (
  uow: UnitOfWork<{ deadLetterClosing: DeadLetterClosing }>,
  { deadLetters }: Retention,
): RetentionRule => retainRows(uow, "dead-letters", deadLetters * DAY, ({ deadLetterClosing }) => deadLetterClosing);

/** Messages of the embedded log. */
export const logRetention = (log: TrimmableLog, { log: read, logMost }: Retention): RetentionRule => ({
  name: "messages",
  keptMs: read * DAY,
  remove: async (before, most) =>
    stepOf(await log.trim({ read: before, any: before - (logMost - read) * DAY }, most), most),
});

/** Whether the suite itself stores the log. */
export const isKept = (log: object): log is TrimmableLog => "trim" in log;
