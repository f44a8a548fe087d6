import { join } from "node:path";
import { messageOf } from "@/application/faults.ts";
import { type Child, kill } from "./child.ts";

const SOURCES = ["domain", "application", "adapters", "services"];
/** Waits for further changes, as an editor writes a file in several steps. */
const DEBOUNCE_MS = 200;

/** Runs a program and restarts it when a source file changes. A program that ends by itself is restarted at the next change. */
export function runAgainOnChange(project: string, start: () => Child): Child {
  let child = start();
  let stopped = false;
  let restarting = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const { promise: status, resolve: end } = Promise.withResolvers<Deno.CommandStatus>();
  const watcher = Deno.watchFs(SOURCES.map((folder) => join(project, folder)));

  async function restart(): Promise<void> {
    // The pending restart covers these changes, too.
    if (restarting) return;
    restarting = true;
    try {
      kill(child, "SIGTERM");
      await child.status;
      if (stopped) return;
      console.error("a source file has changed: restarting");
      child = start();
    } catch (error) {
      console.error(`bookstream: ${messageOf(error)}`);
    } finally {
      restarting = false;
    }
  }
  (async () => {
    for await (const { kind } of watcher) {
      if (kind === "access") continue;
      clearTimeout(timer);
      timer = setTimeout(restart, DEBOUNCE_MS);
    }
  })();
  return {
    status,
    kill(signal) {
      if (!stopped) watcher.close();
      stopped = true;
      clearTimeout(timer);
      kill(child, signal);
      child.status.then(end);
    },
  };
}
