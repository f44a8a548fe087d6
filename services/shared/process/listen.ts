import type { Fetch } from "@/adapters/http/base/app.ts";
import { createHttpServer, type HttpServerOptions } from "@/adapters/http/server/server.ts";
import { messageOf } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";
import type { Telemetry } from "@/application/shared/observability/telemetry.ts";
import { StartFault } from "@/services/settings/settings.ts";

interface Listening {
  /** The service's URL, without a trailing slash. */
  url: string;
  /** Sets the function that answers requests. Earlier requests wait for it. */
  serve(fetch: Fetch): void;
  close(): Promise<void>;
}

type ListenOptions =
  & { name: string; hostname: string; port: number; telemetry: Telemetry; logger: Logger }
  & HttpServerOptions;

/**
 * Listens on a port. It is the first step of a start, so that nothing must be undone when it fails. Throws a StartFault when the port
 * is in use or not allowed.
 */
export function listen({ name, hostname, port, ...options }: ListenOptions): Listening {
  const { promise: served, resolve: serve } = Promise.withResolvers<Fetch>();
  const server = createHttpServer({
    ...options,
    fetch: async (request, client) => await (await served)(request, client),
  });
  try {
    return { url: urlOf(hostname, server.listen(hostname, port)), serve, close: server.close };
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse ? "the port is in use" : messageOf(error);
    throw new StartFault(
      `${name} cannot listen on ${hostname}:${port}: ${reason} (set ${name.toUpperCase()}_PORT or HOST)`,
    );
  }
}

/** Returns the URL of a service that listens on a host, as seen from its own machine. */
export function urlOf(hostname: string, port: number): string {
  const shown = hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
  return `http://${inUrl(shown)}:${port}`;
}

/** Returns a host as it is written in a URL: an IPv6 address gets brackets. */
export const inUrl = (host: string): string => host.includes(":") ? `[${host}]` : host;
