import { connect, type Server } from "node:net";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import type { Logger } from "@/application/ports.ts";

/** How long nobody may come until it is asked whether anybody can. */
const QUIET_MS = 5_000;
const PATIENCE_MS = 1_000;

type Options = {
  server: Server;
  hostname: string;
  /** Begins to listen anew. */
  listen: () => void;
  logger: Logger;
  quietMs?: number | undefined;
};

/**
 * Listens anew where the runtime no longer takes connections, as it does for good once it has found no free file descriptor for
 * one (EMFILE), and tells nobody. Where nobody has come for a while, a connection to itself shows it.
 */
export function watchListener({ server, hostname, listen, logger, quietMs = QUIET_MS }: Options): { stop(): void } {
  let came = false;
  server.on("connection", () => void (came = true));

  async function check(): Promise<void> {
    if (came) return void (came = false);
    // The attempt before has failed.
    if (!server.listening) return listen();
    const isThere = await connects(hostname, server);
    if (isThere && !came && server.listening) {
      logger.warn("http-listener-deaf", { reason: "no connection is taken; listening anew" });
      server.close();
      listen();
    }
    came = false;
  }

  const timer = setInterval(() => void check(), quietMs).unref();
  return { stop: () => clearInterval(timer) };
}

/** Whether a connection is made, and had time to be taken; false where this process cannot make one. */
async function connects(hostname: string, server: Server): Promise<boolean> {
  const address = server.address();
  if (address === null || typeof address === "string") return false;
  const host = hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
  const socket = connect({ host, port: address.port });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once("error", () => resolve(false)).once("close", () => resolve(true));
  const late = setTimeout(() => resolve(!socket.connecting), PATIENCE_MS);
  const connected = await promise;
  clearTimeout(late);
  socket.destroy();
  return connected;
}
