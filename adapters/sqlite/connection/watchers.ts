import { setImmediate } from "node:timers";
import { createChanges } from "@/application/shared/concurrency/changes.ts";
import type { Changes, Clock } from "@/application/ports.ts";

/** Watchers of a file's changes. */
interface Watchers {
  add(): Changes;
  notify(): void;
}

/**
 * A change wakes the first watcher at once, the others in the next turn of the event loop. Statements answer at once, so that the
 * first has done its work by then. All of them together would make each as late as the last.
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
