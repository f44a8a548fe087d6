import { setImmediate } from "node:timers";
import { createChanges } from "@/application/shared/concurrency/changes.ts";
import type { Changes, Clock } from "@/application/ports.ts";

/** Notifies all watchers of a file about its changes. */
interface Watchers {
  add(): Changes;
  notify(): void;
}

/**
 * Creates the watchers of a file. A change wakes the first watcher at once and the others in the next turn of the event loop.
 * Statements are synchronous, so the first has finished by then. Woken together, each would be as late as the last.
 */
export function createWatchers(clock: Clock): Watchers {
  const watchers: ReturnType<typeof createChanges>[] = [];
  let othersWoken = true;
  function notifyOthers(): void {
    othersWoken = true;
    for (const watcher of watchers.slice(1)) watcher.notify();
  }
  return {
    add() {
      const changes = createChanges(clock);
      watchers.push(changes);
      return changes;
    },
    notify() {
      watchers[0]?.notify();
      if (!othersWoken || watchers.length < 2) return;
      othersWoken = false;
      setImmediate(notifyOthers);
    },
  };
}
