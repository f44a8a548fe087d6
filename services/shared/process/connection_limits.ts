import { closeSync, openSync } from "node:fs";
import type { ConnectionLimits } from "@/adapters/http/server/connections.ts";
import type { Settings } from "@/services/settings/settings.ts";

/** The file descriptors that each service needs itself: for its database pool, brokers, SQLite files and calls to other services. */
const OWN_DESCRIPTORS = 64;
/** At least this many clients are needed to take all connections of a service. */
const LEAST_CLIENTS = 2;
/** The file that is opened repeatedly to count the free descriptors. */
export const PROBED = "/dev/null";

/** Returns the connection limits of each HTTP server of this process: the settings, reduced when there are too few descriptors. */
export function connectionLimits(
  { CONNECTIONS_MOST, CLIENT_CONNECTIONS_MOST }: Pick<Settings, "CONNECTIONS_MOST" | "CLIENT_CONNECTIONS_MOST">,
  servers: number,
  countFree: (most: number) => number = countFreeDescriptors,
): ConnectionLimits {
  const free = countFree(servers * (CONNECTIONS_MOST + OWN_DESCRIPTORS));
  const forClients = Math.max(free - servers * OWN_DESCRIPTORS, Math.floor(free / 4));
  const most = Math.max(1, Math.min(CONNECTIONS_MOST, Math.floor(forClients / servers)));
  return { most, mostPerClient: Math.max(1, Math.min(CLIENT_CONNECTIONS_MOST, Math.floor(most / LEAST_CLIENTS))) };
}

/**
 * Counts the free file descriptors of this process, up to `most`, by opening files until it fails. Deno requires all permissions to
 * read the limit from /proc/self/limits. Throws when a file cannot be opened for another reason.
 */
function countFreeDescriptors(most: number): number {
  const opened: number[] = [];
  try {
    while (opened.length < most) opened.push(openSync(PROBED, "r"));
    return most;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE")) {
      return opened.length;
    }
    throw error;
  } finally {
    opened.forEach(closeSync);
  }
}
