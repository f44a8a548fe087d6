import type { Changes, Clock } from "@/application/ports.ts";

/** A watcher that remembers a change until the next wait, so that none is missed between a read and a wait. */
export function createChanges({ sleep }: Pick<Clock, "sleep">): Changes & { notify(): void } {
  let changed = false;
  let wake: (() => void) | undefined;
  return {
    notify() {
      changed = true;
      wake?.();
    },
    async wait(maxMs, signal) {
      if (!changed && signal?.aborted !== true) {
        const awake = new AbortController();
        wake = () => awake.abort("changed");
        signal?.addEventListener("abort", wake);
        await sleep(maxMs, awake.signal);
        signal?.removeEventListener("abort", wake);
        wake = undefined;
      }
      changed = false;
    },
  };
}
