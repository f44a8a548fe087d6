import { readFileSync } from "node:fs";
import type { ConnectionLimits } from "@/adapters/http/server/connections.ts";
import type { Settings } from "./settings.ts";

/** File descriptors that are left to stores, brokers, logs and calls to other services. */
const KEPT_DESCRIPTORS = 256;
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
  const free = Math.max(descriptors - KEPT_DESCRIPTORS, Math.floor(descriptors / 2));
  const most = Math.max(1, Math.min(CONNECTIONS_MOST, Math.floor(free / servers)));
  const mostPerClient = Math.max(1, Math.min(CLIENT_CONNECTIONS_MOST, Math.floor(most / LEAST_CLIENTS)));
  // The runtime takes a burst of connections before those that are refused have given their descriptors back.
  const spare = (descriptors - servers * most) / servers / 4;
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
