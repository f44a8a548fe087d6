import type { Changes } from "@/application/messaging/ports.ts";

/** A watcher that remembers a change until it is waited for. */
export function createMemoryChanges(): Changes & { notify(): void } {
  let changed = false;
  let wake: (() => void) | undefined;
  return {
    notify() {
      changed = true;
      wake?.();
    },
    async wait(atMost, signal) {
      if (!changed && signal?.aborted !== true) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, atMost);
          function done() {
            clearTimeout(timer);
            signal?.removeEventListener("abort", done);
            resolve();
          }
          wake = done;
          signal?.addEventListener("abort", done);
        });
        wake = undefined;
      }
      changed = false;
    },
  };
}
