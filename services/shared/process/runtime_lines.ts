import process from "node:process";
import { messageOf } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";

/**
 * Makes lines of the log of what the runtime would print itself: its warnings, and errors that nobody has caught. Such an error
 * still ends the process, as nobody knows what it has left undone.
 */
export function logRuntime(logger: Logger): void {
  process.removeAllListeners("warning");
  process.on("warning", ({ name, message }: Error) => logger.warn("runtime-warning", { kind: name, reason: message }));
  const end = (event: Event, error: unknown) => {
    event.preventDefault();
    const stack = error instanceof Error ? error.stack : undefined;
    logger.error("runtime-fault", { reason: messageOf(error), stack });
    Deno.exit(1);
  };
  globalThis.addEventListener("unhandledrejection", (event) => end(event, event.reason));
  globalThis.addEventListener("error", (event) => end(event, event.error));
}
