import { setImmediate, setTimeout } from "node:timers";
import { messageOf } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";

/** How long a fault of the listener, most likely that the process may open no more files, is waited out. */
const PAUSE_MS = 50;
const SAY_EVERY_MS = 10_000;

type Options = {
  take(connection: Deno.TcpConn): void;
  /** Whether a connection was closed for the last one, or the last one itself. */
  isFull(): boolean;
  logger: Logger;
};

/**
 * Takes connections one by one, until the listener is closed. Node's own listener takes all that wait before it hands over the
 * first: as many descriptors as strangers like, and it takes none ever again once it finds no free one.
 */
export async function accept(listener: Deno.TcpListener, { take, isFull, logger }: Options): Promise<void> {
  let saidAt = -Infinity;
  for (;;) {
    try {
      take(await listener.accept());
      // What was closed for it gives its descriptor back at the end of the turn.
      if (isFull()) await new Promise((resolve) => setImmediate(resolve));
    } catch (error) {
      if (error instanceof Deno.errors.BadResource) return;
      if (performance.now() - saidAt > SAY_EVERY_MS) {
        logger.warn("http-server-fault", { reason: messageOf(error) });
        saidAt = performance.now();
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
