import type { Changes } from "@/application/ports.ts";

/** Waits as `Clock.sleep` does, by the machine's timers. */
export const wait = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
  });

/** A watcher that remembers a change until it is waited for. */
export function createMemoryChanges(sleep = wait): Changes & { notify(): void } {
  let changed = false;
  let wake: (() => void) | undefined;
  return {
    notify() {
      changed = true;
      wake?.();
    },
    async wait(atMost, signal) {
      if (!changed && signal?.aborted !== true) {
        const awake = new AbortController();
        wake = () => awake.abort("changed");
        signal?.addEventListener("abort", wake);
        await sleep(atMost, awake.signal);
        signal?.removeEventListener("abort", wake);
        wake = undefined;
      }
      changed = false;
    },
  };
}
