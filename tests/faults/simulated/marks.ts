import type { Logger } from "@/application/ports.ts";
import type { Evidence } from "@/tests/oracle/evidence.ts";

/** How often something rare came about in a run, seen from outside: by log lines, by ends of transactions, by what is stored. */
export interface Marks {
  count: Map<string, number>;
  reach(mark: string): void;
  /** A logger of which each event is a mark, with its reason where it has one. */
  logger: Logger;
}

export function createMarks(): Marks {
  const count = new Map<string, number>();
  const reach = (mark: string) => void count.set(mark, (count.get(mark) ?? 0) + 1);
  const line = (event: string, { reason }: Record<string, unknown> = {}) =>
    reach(reason === undefined ? event : `${event}: ${general(String(reason))}`);
  return { count, reach, logger: { info: line, warn: line, error: line } };
}

/** A reason without what is one run's alone: places, names and numbers. */
const general = (reason: string): string =>
  reason.replace(/bookstream\.\S+/g, "PLACE").replace(/\b(id|random)-\d+|undefined|\d+/g, "N").replace(
    /(\S+)(, \1)+/g,
    "$1",
  );

/** Marks what a run has come to: how commands ended, and which letters there are. */
export function markEvidence({ reach }: Marks, { calls, letters, events }: Evidence): void {
  for (const { way, did, state } of calls) reach(`${way} ${did.kind} ${state}`);
  for (const { consumer, reason } of letters) reach(`letter of ${consumer}: ${reason}`);
  for (const { envelope: { type, data } } of events) {
    const code = (data.reason as { code?: string } | undefined)?.code;
    const what = data.what === undefined ? "" : ` of ${data.what}`;
    reach(code === undefined ? `event ${type}${what}` : `event ${type}: ${code}`);
  }
}

/** What a long run must have come about. */
const WANTED: string[] = [];

/** The wanted marks that a run has not reached. */
export const unreached = (count: Map<string, number>): string[] => WANTED.filter((mark) => !count.has(mark));
