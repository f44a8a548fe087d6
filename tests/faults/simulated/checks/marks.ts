import type { Logger } from "@/application/ports.ts";
import type { Evidence } from "@/tests/oracle/evidence.ts";
import { FAULTS } from "@/tests/faults/simulated/world/faults.ts";

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
  return { count, reach, logger: { debug: line, info: line, warn: line, error: line } };
}

/** A reason without what is one run's alone: places, names and numbers. */
const general = (reason: string): string =>
  reason.replace(/bookstream\.\S+/g, "PLACE").replace(/\b(id|random)-\d+|undefined|\d+/g, "N").replace(
    /(\S+)(, \1)+/g,
    "$1",
  );

/** Marks what a run has come to: how commands ended, and which dead letters there are. */
export function markEvidence({ reach }: Marks, { calls, deadLetters, events }: Evidence): void {
  for (const { way, did, state } of calls) reach(`${way} ${did.kind} ${state}`);
  for (const { consumer, reason } of deadLetters) reach(`dead letter of ${consumer}: ${reason}`);
  for (const { envelope: { type, data } } of events) {
    const code = (data.reason as { code?: string } | undefined)?.code;
    const what = data.what === undefined ? "" : ` of ${data.what}`;
    reach(code === undefined ? `event ${type}${what}` : `event ${type}: ${code}`);
  }
}

/** What must come about in a run of so many schedules, and in longer ones. What is not listed may be too rare for that. */
const WANTED: { within: number; marks: string[] }[] = [
  {
    within: 500,
    marks: [
      ...FAULTS.map((fault) => `fault ${fault}`),
      ...["web", "trend", "recommendation"].flatMap((store) =>
        ["Fenced", "Unavailable", "TypeError"].map((error) => `a transaction of ${store} ends: ${error}`)
      ),
      ...["replayed", "gone", "waiting", "failed"].map((came) => `a dead letter that is replayed: ${came}`),
      ...["trend", "recommendation"].flatMap((consumer) =>
        ["failed", "behind", "unreadable", "unknown-version", "time-ahead"].map((reason) =>
          `dead letter of ${consumer}: ${reason}`
        )
      ),
      ...["failed", "behind", "unreadable", "unknown-version"].map((reason) =>
        `dead letter of activity-commands: ${reason}`
      ),
      "dead letter of catalog-commands: unreadable",
      "dead letter of activity-policies: unreadable",
      ...["catalog-commands", "activity-commands", "activity-policies", "trend", "recommendation"].map((consumer) =>
        `consumer-held: ${consumer} no longer owns PLACE`
      ),
      "consumer-held: delivered from N, wanted from N",
      "consumer-held: the store's answer was lost",
      "consumer-held: the connection is gone",
      "engine-held: the store's answer was lost",
      "relay-fenced: another relay had relay/shard/N in between",
      "relay-held: the connection is gone",
      "relay-held: the log's answer was lost",
      "relay-held: the store's answer was lost",
      "shards-vacant",
      "rebuild-ended: the store's answer was lost",
      "rebuild-ended: the connection is gone",
      "rebuild-switched",
      "dead-letters-discarded",
      "version-followed",
      "version-not-followed: the store's answer was lost",
      "refused over HTTP: version-mismatch",
      "event bookstream.activity.book-cleared.v1",
      "event bookstream.activity.book-cleared.v1 of shelf",
      "event bookstream.activity.book-cleared.v1 of rating",
      "event bookstream.activity.book-forgotten.v1",
      "event bookstream.activity.command-failed.v1: failed",
    ],
  },
  {
    within: 5_000,
    marks: [
      "a process ends after its messages are stored and before it is told",
      "transaction-split: a bug in the handler",
      "relay-held: the log went away in between",
      "rebuild-ended: another rebuild has begun, or this one has ended",
      "refused over HTTP: reader-erased",
      "event bookstream.activity.command-rejected.v1: reader-erased",
      "event bookstream.activity.command-rejected.v1: book-exists",
    ],
  },
];

/** The marks that a run of so many schedules should have reached and has not. */
export const unreached = (count: Map<string, number>, schedules: number): string[] =>
  WANTED.filter(({ within }) => schedules >= within).flatMap(({ marks }) => marks).filter((mark) => !count.has(mark));
