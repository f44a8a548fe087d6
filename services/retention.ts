import { DAY } from "@/domain/hours.ts";
import type { TrimmableLog } from "@/application/messaging/retention/ports.ts";
import type { DeadLetterClosing } from "@/application/messaging/dead_letters/ports.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import { type RetentionRule, stepOf } from "@/application/messaging/retention/purge.ts";

/** The retention times, in days. */
export type Retention = {
  /** Messages of the embedded log that every group has read, and those that a group has not read. */
  log: number;
  logMost: number;
  votes: number;
  /** Queries without votes, and those of fewer than two readers while there are too many queries. */
  queries: number;
  rareQueries: number;
  /** The inbox: ids of commands from topics. */
  commands: number;
  /** Replayed and discarded dead letters. */
  deadLetters: number;
  /** Marks of erased readers without stored data. They outlive the reader's cookies and all messages in transit. */
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

/** The settings of retention, in days. */
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

/** Rows that can be purged: `purge` removes rows from before a time, at most `most`, and returns how many. */
type Purged = { purge(before: number, most: number): Promise<number> };

/** Creates a retention rule for rows of a store. Each step of it is one transaction. */
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

/** Creates the retention rule of replayed and discarded dead letters. */
export const deadLetterRetention = (
  uow: UnitOfWork<{ deadLetterClosing: DeadLetterClosing }>,
  { deadLetters }: Retention,
): RetentionRule => retainRows(uow, "dead-letters", deadLetters * DAY, ({ deadLetterClosing }) => deadLetterClosing);

/** Creates the retention rule of the embedded log's messages. */
export const logRetention = (log: TrimmableLog, { log: read, logMost }: Retention): RetentionRule => ({
  name: "messages",
  keptMs: read * DAY,
  remove: async (before, most) =>
    stepOf(await log.trim({ read: before, any: before - (logMost - read) * DAY }, most), most),
});

/** Returns whether the suite stores the log itself. */
export const isKept = (log: object): log is TrimmableLog => "trim" in log;
