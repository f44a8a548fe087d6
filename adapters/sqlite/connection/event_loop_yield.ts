import { setImmediate } from "node:timers";

/** How long statements may keep the event loop from other work before an answer waits for it. */
const MAX_TURN_MS = 4;

/**
 * Returns a function to await between two synchronous statements. It yields to the event loop once they have run for `MAX_TURN_MS`,
 * and returns undefined before. Each turn of the loop resumes one waiting chain: all at once would block it again.
 */
export function createEventLoopYield(now = () => performance.now()): () => Promise<void> | undefined {
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
