import { systemClock as clock } from "@/adapters/system/clock.ts";
import { elapsedMs } from "@/application/elapsed.ts";

/** Shows progress, and passes over what comes sooner than `everyMs` after the last time. `from`: a last time to begin with. */
export function nowAndThen<Progress extends unknown[]>(
  show: (...progress: Progress) => void,
  { everyMs, from = clock.now() }: { everyMs: number; from?: number },
): (...progress: Progress) => void {
  let shownAt = from;
  return (...progress) => {
    if (elapsedMs(clock, shownAt) < everyMs) return;
    shownAt = clock.now();
    show(...progress);
  };
}
