/** A database, broker or service does not answer. An outage is not the message's fault: callers hold and retry. */
export class Unavailable extends Error {
  override name = "Unavailable";
}

/** The outbox is full. Nothing is accepted until some events are sent. */
export class Backlogged extends Unavailable {
  override name = "Backlogged";
}

/** The log will never accept a message, because it is too large. This is the message's fault, not an outage. */
export class Refused extends Error {
  override name = "Refused";
}

/** The partition, lease or key has another owner now, or its position has moved. Harmless: open it again. */
export class Fenced extends Error {
  override name = "Fenced";
}

/** A sentence for a log line or a dead letter. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
