/** A needed part does not answer: an outage, not the message's fault. Callers hold, retry and go on. */
export class Unavailable extends Error {
  override name = "Unavailable";
}

/** The outbox is full: nothing new is taken until some events are sent. */
export class Backlogged extends Unavailable {
  override name = "Backlogged";
}

/** The log will never take a message as it is, as it is too large: the message's fault, not an outage. */
export class Refused extends Error {
  override name = "Refused";
}

/** Another owner has the partition, lease or key now, or its position has moved. Harmless: open it again. */
export class Fenced extends Error {
  override name = "Fenced";
}

/** A sentence for a log line or a dead letter. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
