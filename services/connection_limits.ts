import { readFileSync } from "node:fs";
import type { ConnectionLimits } from "@/adapters/http/server/connections.ts";
import type { Settings } from "./settings.ts";

/**
 * File descriptors that each service of the process has for itself: its pool of connections to the database, brokers, SQLite's
 * files, calls to other services.
 */
const OWN_DESCRIPTORS = 64;
/** The runtime takes all new connections that wait before it hands over the first: mostly fewer than so many, 157 were seen. */
const BURST_DESCRIPTORS = 128;
/** Linux keeps no more new connections waiting. */
const BACKLOG = 4_096;
const LEAST_BACKLOG = 16;
/** Clients of one service are at least so many before one of them can fill it up. */
const LEAST_CLIENTS = 2;

/** How many connections each of the HTTP servers of this process may have: as set, and so few that descriptors are left. */
export function connectionLimits(
  { CONNECTIONS_MOST, CLIENT_CONNECTIONS_MOST }: Pick<Settings, "CONNECTIONS_MOST" | "CLIENT_CONNECTIONS_MOST">,
  servers: number,
  descriptors: number = descriptorLimit(),
): ConnectionLimits {
  const kept = servers * OWN_DESCRIPTORS + BURST_DESCRIPTORS;
  const free = Math.max(descriptors - kept, Math.floor(descriptors / 4));
  const most = Math.max(1, Math.min(CONNECTIONS_MOST, Math.floor(free / servers)));
  const mostPerClient = Math.max(1, Math.min(CLIENT_CONNECTIONS_MOST, Math.floor(most / LEAST_CLIENTS)));
  // What waits is part of the next burst.
  const spare = (descriptors - servers * (most + OWN_DESCRIPTORS)) / servers / 4;
  return { most, mostPerClient, backlog: Math.max(LEAST_BACKLOG, Math.min(BACKLOG, Math.floor(spare))) };
}

/** How many files the system lets this process open; infinite where the system does not tell. */
function descriptorLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}
