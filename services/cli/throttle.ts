import { systemClock as clock } from "@/adapters/system/clock.ts";
import { elapsedMs } from "@/application/elapsed.ts";

/** Limits progress to one report per `everyMs`. `from`: the time of the last report, by default now. */
export function throttle<Progress extends unknown[]>(
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
