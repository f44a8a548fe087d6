import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { Call } from "@/tests/oracle/calls.ts";
import type { Look } from "@/tests/oracle/evidence.ts";
import type { Transaction } from "@/tests/oracle/transactions.ts";

/** A transaction that was stored. `wrote`: whether anything was written at all. */
export type Commit = Transaction & { wrote: boolean };

/** What happened, in the order in which it happened. */
export type History = {
  commits: Commit[];
  calls: Call[];
  looks: Look[];
  /** Per partition (`topic/partition`) every message of the log. */
  log: Map<string, Incoming[]>;
};

export const createHistory = (): History => ({ commits: [], calls: [], looks: [], log: new Map() });
