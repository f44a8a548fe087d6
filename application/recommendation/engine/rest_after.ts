import { FEW_MARKS } from "./next_marks.ts";
import type { ChangeMark } from "@/application/recommendation/ports.ts";

/** How long the engine rests at most. It ends the rest once nothing has changed for `quietMs`. */
export type Rest = { restMs: number; quietMs: number };

const MAX_REST_MS = 10_000;
/** In a backlog changes come in bursts, because the consumer occupies the thread for long. */
const BACKLOG = { perRound: 4, mostMs: 60_000, quietMs: 1_000 };
const QUIET_MS = 200;

/**
 * Returns the rest after a round of this duration. Under load, one refresh then covers more changes. In a backlog a round refreshes
 * most lists, so the rest is several rounds. A round that only refreshed dependent lists has none, so the engine is soon idle.
 */
export function restAfter(marks: ChangeMark[], roundMs: number): Rest {
  const changes = marks.filter(({ kind }) => kind !== "list").length;
  const tookMs = Math.max(0, roundMs);
  if (changes === 0) return { restMs: 0, quietMs: QUIET_MS };
  // An engine that keeps up has fewer changes.
  if (changes < FEW_MARKS) return { restMs: Math.min(MAX_REST_MS, tookMs), quietMs: QUIET_MS };
  return { restMs: Math.min(BACKLOG.mostMs, BACKLOG.perRound * tookMs), quietMs: BACKLOG.quietMs };
}
