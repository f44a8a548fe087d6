/** A part that is needed does not answer: an outage, not the message's fault. Hold, probe, go on. */
export class Unavailable extends Error {
  override name = "Unavailable";
}

/** Somebody else owns the partition or the key now, or the position is not where it was left. Harmless: open it anew. */
export class Fenced extends Error {
  override name = "Fenced";
}

/** A sentence for a log line or a dead letter. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
