/** A part that is needed does not answer: an outage, not the message's fault. Hold, probe, go on. */
export class Unavailable extends Error {
  override name = "Unavailable";
}

/** As many events wait for the log as may: nothing new is taken until some have gone. */
export class Backlogged extends Unavailable {
  override name = "Backlogged";
}

/** The log will never take a message as it is (it is too large): the message's own fault, not an outage. */
export class Refused extends Error {
  override name = "Refused";
}

/** Somebody else owns the partition, the lease or the key now, or the position is not where it was left. Harmless: open it anew. */
export class Fenced extends Error {
  override name = "Fenced";
}

/** A sentence for a log line or a dead letter. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
