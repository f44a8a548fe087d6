import { setImmediate } from "node:timers";

/** How long statements may keep the event loop from other work before an answer waits for it. */
const MAX_TURN_MS = 4;

/**
 * Statements answer at once, so that a chain of them runs in one turn of the event loop. What this returns is to be awaited between
 * two of them: it lets others have their turn when the chain has run for long enough, and is undefined otherwise. Of those that wait
 * one goes on in each turn, as all of them together would keep the loop for long again.
 */
export function createTurns(now = () => performance.now()): () => Promise<void> | undefined {
  let since: number | undefined;
  const waiting: (() => void)[] = [];
  function begin(): void {
    since = now();
    setImmediate(end);
  }
  function end(): void {
    since = undefined;
    const next = waiting.shift();
    if (next === undefined) return;
    begin();
    next();
  }
  return () => {
    if (since === undefined) {
      begin();
      return undefined;
    }
    return now() - since < MAX_TURN_MS ? undefined : new Promise((resolve) => waiting.push(resolve));
  };
}
