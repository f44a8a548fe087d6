import { setImmediate } from "node:timers";

/** How long statements may keep the event loop from other work before an answer waits for it. */
const MAX_TURN_MS = 4;

/**
 * Statements answer at once, so that a chain of them runs in one turn of the event loop. What this returns is to be awaited between
 * two of them: it lets others have their turn when the chain has run for long enough, and is undefined otherwise.
 */
export function createTurns(now = () => performance.now()): () => Promise<void> | undefined {
  let since: number | undefined;
  return () => {
    if (since === undefined) {
      since = now();
      setImmediate(() => since = undefined);
      return undefined;
    }
    return now() - since < MAX_TURN_MS ? undefined : new Promise((resolve) => setImmediate(resolve));
  };
}
