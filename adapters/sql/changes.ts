import type { Changes, Clock } from "@/application/ports.ts";

/** A watcher that remembers a change until it is waited for, so that none is missed between a look and a wait. */
export function createChanges(clock: Clock): Changes & { notify(): void } {
  let changed = false;
  let wake: (() => void) | undefined;
  return {
    notify() {
      changed = true;
      wake?.();
    },
    async wait(atMost, signal) {
      if (!changed && signal?.aborted !== true) {
        const over = new AbortController();
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal?.addEventListener("abort", () => resolve(), { once: true, signal: over.signal });
          clock.sleep(atMost, over.signal).then(resolve);
        });
        over.abort();
        wake = undefined;
      }
      changed = false;
    },
  };
}
