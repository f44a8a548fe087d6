import requestQueue from "kafkajs/request_queue";

/** The part of kafkajs' request queue that the patch uses. */
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

let patched = false;

/** How often the queue checks for timed-out requests. Request timeouts are many times as long. */
const CHECK_MS = 1_000;

/**
 * kafkajs 2.2.4 arms a timer with a negative delay after every response, so each connection wakes a thousand times a second
 * (its issues 1556, 1704, 1751). The patch arms the timer only while requests are pending, and checks for timeouts once a second.
 */
export function patchRequestTimers(): void {
  if (patched) return;
  patched = true;
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
    }, CHECK_MS);
  };
}
