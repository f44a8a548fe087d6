import { StartFault } from "./settings.ts";

export interface Listening {
  /** Where the service answers, without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/** Serves HTTP. Throws a StartFault when the port is in use or not allowed. */
export function listen(
  name: string,
  hostname: string,
  port: number,
  fetch: (request: Request) => Response | Promise<Response>,
): Listening {
  try {
    const stop = new AbortController();
    const server = Deno.serve({ hostname, port, signal: stop.signal, onListen: () => {} }, (request) => fetch(request));
    const { addr } = server;
    const shown = hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
    return {
      url: `http://${shown.includes(":") ? `[${shown}]` : shown}:${addr.port}`,
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
