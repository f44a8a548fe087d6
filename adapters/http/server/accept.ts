import { setImmediate, setTimeout } from "node:timers";
import { messageOf } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";

/** The pause after an error of the listener, which is most likely a lack of file descriptors. */
const PAUSE_MS = 50;
const SAY_EVERY_MS = 10_000;

type Options = {
  take(connection: Deno.TcpConn): void;
  /** Returns whether the limit of connections is reached, so that one was closed for the last one. */
  isFull(): boolean;
  logger: Logger;
};

/**
 * Accepts connections one by one until the listener is closed. Node's own listener accepts all pending ones before it hands over
 * the first, so strangers could use up all descriptors. After that error it never accepts again.
 */
export async function accept(listener: Deno.TcpListener, { take, isFull, logger }: Options): Promise<void> {
  let saidAt = -Infinity;
  for (;;) {
    try {
      take(await listener.accept());
      // The connection that was closed for it releases its descriptor at the end of the turn.
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
