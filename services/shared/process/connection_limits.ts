import { closeSync, openSync } from "node:fs";
import type { ConnectionLimits } from "@/adapters/http/server/connections.ts";
import type { Settings } from "@/services/settings/settings.ts";

/**
 * File descriptors that each service of the process has for itself: its pool of connections to the database, brokers, SQLite's
 * files, calls to other services.
 */
const OWN_DESCRIPTORS = 64;
/** The fewest clients that can together take all connections of a service. */
const LEAST_CLIENTS = 2;
/** What is opened to see how many files a process may have open. */
export const PROBED = "/dev/null";

/** How many connections each of the HTTP servers of this process may have: as set, and so few that descriptors are left. */
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
 * How many files this process may still open, counted up to `most`. The system's own figure (/proc/self/limits) is kept from
 * services by the runtime, which wants all permissions for it, so files are opened until there is none left.
 * Throws when one cannot be opened for another reason.
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
