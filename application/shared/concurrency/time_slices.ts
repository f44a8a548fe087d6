import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";

/** How long work may keep other work, such as requests, from this thread. */
const MAX_SLICE_MS = 4;

/** What long work awaits between its steps: yields to the event loop once the work has used its time slice. */
export function createTimeSlices(clock: Clock, signal?: AbortSignal): () => Promise<void> {
  let since = clock.now();
  return async () => {
    if (elapsedMs(clock, since) < MAX_SLICE_MS) return;
    await clock.sleep(0, signal);
    since = clock.now();
  };
}
