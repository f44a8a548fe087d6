import { connect, type Server } from "node:net";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import type { Logger } from "@/application/ports.ts";

/** How long nobody may come until it is asked whether anybody can, and how long where many are connected. */
const QUIET_MS = 5_000;
const QUIET_WHEN_CROWDED_MS = 1_000;
const PATIENCE_MS = 1_000;

type Options = {
  server: Server;
  hostname: string;
  /** Begins to listen anew. */
  listen: () => void;
  logger: Logger;
  /** Whether there are so many connections that the next ones may find no descriptor. */
  isCrowded: () => boolean;
  quietMs?: number | undefined;
};

/**
 * Listens anew where the runtime no longer takes connections, as it does for good once it has found no free file descriptor for
 * one (EMFILE), and tells nobody. Those that it had taken before stay open, and only a new listener gives them back. Where nobody
 * has come for a while, a connection to itself shows it.
 */
export function watchListener(options: Options): { stop(): void } {
  const { server, hostname, listen, logger, isCrowded, quietMs = QUIET_MS } = options;
  let last = performance.now();
  let isChecking = false;
  server.on("connection", () => void (last = performance.now()));

  async function check(): Promise<void> {
    const from = performance.now();
    if (isChecking || from - last < (isCrowded() ? Math.min(quietMs, QUIET_WHEN_CROWDED_MS) : quietMs)) return;
    // The attempt before has failed.
    if (!server.listening) return listen();
    isChecking = true;
    const isThere = await connects(hostname, server);
    isChecking = false;
    if (isThere && last < from && server.listening) {
      logger.warn("http-listener-deaf", { reason: "no connection is taken; listening anew" });
      server.close();
      listen();
    }
    last = performance.now();
  }

  const timer = setInterval(() => void check(), Math.min(quietMs, QUIET_WHEN_CROWDED_MS)).unref();
  return { stop: () => clearInterval(timer) };
}

/**
 * Whether a connection had time to be taken: one that is made, that waits as the queue is full, or that finds no descriptor. False
 * where it fails otherwise.
 */
async function connects(hostname: string, server: Server): Promise<boolean> {
  const address = server.address();
  if (address === null || typeof address === "string") return false;
  const host = hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
  const socket = connect({ host, port: address.port });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once("error", (error: Error & { code?: string }) => resolve(error.code === "EMFILE")).once(
    "close",
    () => resolve(true),
  );
  // Twice, so that a process that was busy takes what has come before it is told that it takes nothing.
  let late = setTimeout(() => late = setTimeout(() => resolve(true), PATIENCE_MS / 2), PATIENCE_MS / 2);
  const connected = await promise;
  clearTimeout(late);
  socket.destroy();
  return connected;
}
