/** A service's app over HTTP on a free port, as the service serves it, asked by another process. */
import type { Fetch } from "@/adapters/http/base/app.ts";
import { noTelemetry } from "@/application/shared/observability/telemetry.ts";
import { runAlone } from "@/bench/bare/run.ts";
import { connectionLimits } from "@/services/shared/process/connection_limits.ts";
import { listen } from "@/services/shared/process/listen.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import type { Load } from "./load.ts";

export interface Served {
  url: string;
  /** Asks for each path, so many at a time; how many milliseconds each took. */
  ask(load: Omit<Load, "url">): Promise<number[]>;
  close(): Promise<void>;
}

export function serve(name: string, fetch: Fetch): Served {
  const limits = connectionLimits(readSettings({}, []), 1);
  const server = listen({
    name,
    hostname: "127.0.0.1",
    port: 0,
    telemetry: noTelemetry,
    logger,
    limits,
    trustedProxies: [],
  });
  server.serve(fetch);
  return {
    url: server.url,
    ask: (load) => askFrom(server.url, load),
    close: () => server.close(),
  };
}

/** Asks a service for each path from a process of its own, so many at a time; how many milliseconds each took. */
export async function askFrom(url: string, load: Omit<Load, "url">): Promise<number[]> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/load.json`;
    await Deno.writeTextFile(file, JSON.stringify({ url, ...load }));
    return await runAlone("http/load.ts", { file }, [`--allow-read=${folder}`, "--allow-net=127.0.0.1"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
