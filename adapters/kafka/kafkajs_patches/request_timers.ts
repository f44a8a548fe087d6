import requestQueue from "kafkajs/request_queue";

/** What the patch touches of kafkajs' request queue. */
type Queue = {
  pending: unknown[];
  throttledUntil: number;
  inflight: Map<number, { sentAt: number; requestTimeout: number; timeoutRequest(): void }>;
  enforceRequestTimeout: boolean;
  requestTimeoutIntervalId: ReturnType<typeof setInterval> | null;
  throttleCheckTimeoutId: ReturnType<typeof setTimeout> | null;
  isConnected(): boolean;
  destroy(): void;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
};

let tamed = false;

/** How often requests without an answer are looked for (ms); they may wait for many times that. */
const LOOK = 1_000;

/**
 * kafkajs 2.2.4 arms a timer with a negative delay after every response, so that each connection wakes a thousand times a
 * second for ever (its issues 1556, 1704, 1751). Armed only while something waits, the queue does the same work at rest. And
 * each connection looks ten times a second for requests whose time is over, where once does.
 */
export function patchRequestTimers(): void {
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
  prototype.scheduleRequestTimeoutCheck = function (this: Queue) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(() => {
      for (const request of this.inflight.values()) {
        if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
      }
      if (!this.isConnected()) this.destroy();
    }, LOOK);
  };
}
