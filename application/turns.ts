import { elapsedMs } from "./elapsed.ts";
import type { Clock } from "./ports.ts";

/** How long work may keep other work, such as requests, from this thread. */
const MAX_TURN_MS = 4;

/** What long work awaits between its pieces: lets others have their turn on this thread once the work has run for long enough. */
export function createTurns(clock: Clock, signal?: AbortSignal): () => Promise<void> {
  let since = clock.now();
  return async () => {
    if (elapsedMs(clock, since) < MAX_TURN_MS) return;
    await clock.sleep(0, signal);
    since = clock.now();
  };
}
