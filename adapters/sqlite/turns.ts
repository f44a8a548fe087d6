import { setImmediate } from "node:timers";

/** How long statements may keep the event loop from other work before an answer waits for it. */
const MAX_TURN_MS = 4;

/**
 * Statements answer at once, so that a chain of them runs in one turn of the event loop. What this returns is to be awaited between
 * two of them: it lets others have their turn when the chain has run for long enough, and is undefined otherwise. Of those that wait
 * one goes on in each turn, as all of them together would keep the loop for long again. `urgent`: every other turn is for those.
 */
export function createTurns(now = () => performance.now()): (urgent?: boolean) => Promise<void> | undefined {
  let since: number | undefined;
  const waiting = { urgent: [] as (() => void)[], others: [] as (() => void)[] };
  let wasUrgent = false;
  function begin(): void {
    since = now();
    setImmediate(end);
  }
  function end(): void {
    since = undefined;
    const { urgent, others } = waiting;
    wasUrgent = urgent.length > 0 && (!wasUrgent || others.length === 0);
    const next = (wasUrgent ? urgent : others).shift();
    if (next === undefined) return;
    begin();
    next();
  }
  return (urgent = false) => {
    if (since === undefined) {
      begin();
      return undefined;
    }
    return now() - since < MAX_TURN_MS
      ? undefined
      : new Promise((resolve) => waiting[urgent ? "urgent" : "others"].push(resolve));
  };
}
