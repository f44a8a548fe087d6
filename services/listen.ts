import type { Fetch } from "@/adapters/http/base/app.ts";
import { StartFault } from "./settings.ts";

interface Listening {
  /** Where the service answers, without a slash at the end. */
  url: string;
  /** What answers; requests that come before wait for it. */
  serve(fetch: Fetch): void;
  close(): Promise<void>;
}

/**
 * Takes a port for HTTP before anything else is started, as nothing else must be undone if that fails. Throws a StartFault
 * when the port is in use or not allowed.
 */
export function listen(name: string, hostname: string, port: number): Listening {
  const { promise: served, resolve: serve } = Promise.withResolvers<Fetch>();
  try {
    const stop = new AbortController();
    const server = Deno.serve(
      { hostname, port, signal: stop.signal, onListen: () => {} },
      async (request, { remoteAddr }) => await (await served)(request, { address: remoteAddr.hostname }),
    );
    return {
      url: urlOf(hostname, server.addr.port),
      serve,
      async close() {
        // Requests at hand may end; connections that stay open after them are cut.
        const graceful = server.shutdown();
        const cut = setTimeout(() => stop.abort(), 1_000);
        await graceful;
        clearTimeout(cut);
      },
    };
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse ? "the port is in use" : (error as Error).message;
    throw new StartFault(
      `${name} cannot listen on ${hostname}:${port}: ${reason} (set ${name.toUpperCase()}_PORT or HOST)`,
    );
  }
}

/** Where a service that listens on a host answers, as seen from its own machine. */
export function urlOf(hostname: string, port: number): string {
  const shown = hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}
