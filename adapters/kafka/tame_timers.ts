import requestQueue from "kafkajs/request_queue";

/** What the patch touches of kafkajs' request queue. */
type Queue = {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: ReturnType<typeof setTimeout> | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
};

let tamed = false;

/**
 * kafkajs 2.2.4 arms a timer with a negative delay after every response, so that each connection wakes a thousand times a
 * second for ever (its issues 1556, 1704, 1751). Armed only while something waits, the queue does the same work at rest.
 */
export function tameTimers(): void {
  if (tamed) return;
  tamed = true;
  const prototype = (requestQueue as { prototype: Queue }).prototype;
  prototype.scheduleCheckPendingRequests = function (this: Queue) {
    const wait = this.throttledUntil - Date.now();
    if (this.throttleCheckTimeoutId !== null || (this.pending.length === 0 && wait <= 0)) return;
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, Math.max(10, wait));
  };
}
