import { setImmediate } from "node:timers";
import type { Clock } from "@/application/ports.ts";

/** The machine's clock. A sleep of no time is one turn of the event loop, where a timer takes a millisecond or two. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      if (milliseconds <= 0) return void setImmediate(resolve);
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener("abort", done);
    }),
};
