import process from "node:process";
import { messageOf } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";

/**
 * Logs Deno's own warnings and uncaught errors as JSON lines. An uncaught error still ends the process, as its state is unknown.
 * `end`: how a worker thread makes the process end.
 */
export function logRuntime(logger: Logger, end: () => void = () => Deno.exit(1)): void {
  process.removeAllListeners("warning");
  process.on("warning", ({ name, message }: Error) => logger.warn("runtime-warning", { kind: name, reason: message }));
  const fail = (event: Event, error: unknown) => {
    event.preventDefault();
    const stack = error instanceof Error ? error.stack : undefined;
    logger.error("runtime-fault", { reason: messageOf(error), stack });
    end();
  };
  globalThis.addEventListener("unhandledrejection", (event) => fail(event, event.reason));
  globalThis.addEventListener("error", (event) => fail(event, event.error));
}
