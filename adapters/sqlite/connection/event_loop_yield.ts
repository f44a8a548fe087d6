import { setImmediate } from "node:timers";

/** How long statements may block the event loop before the next one yields. */
const MAX_TURN_MS = 4;

/**
 * Returns a function to await between two synchronous statements. It yields to the event loop once they have run for `MAX_TURN_MS`,
 * and returns undefined before. Each turn of the loop resumes one waiting chain: all at once would block it again. While urgent
 * chains wait, every other turn resumes one of them.
 */
export function createEventLoopYield(now = () => performance.now()): (urgent?: boolean) => Promise<void> | undefined {
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
