import { dayOf } from "@/domain/hours.ts";
import type { Clock } from "@/application/ports.ts";

/** Limits how many readers of one client are counted. */
interface Crowd {
  /** Whether the reader is one of the first readers of the client today (UTC). */
  admits(client: string, reader: string): boolean;
}

/** How many readers of a client are counted a day: enough for a household or a small office. */
export const READERS_PER_CLIENT = 10;
/** The number of clients that are remembered. The oldest is dropped for a new one. */
const MAX_CLIENTS = 100_000;

/**
 * Admits the first `most` readers of each client on each day, as this process sees them. So a client that makes or
 * collects many reader ids counts as a few readers.
 */
export function createCrowd(
  { most, clock, maxClients = MAX_CLIENTS }: { most: number; clock: Pick<Clock, "now">; maxClients?: number },
): Crowd {
  const clients = new Map<string, Set<string>>();
  let today = 0;
  return {
    admits(client, reader) {
      const day = dayOf(clock.now());
      if (day !== today) clients.clear();
      today = day;
      const readers = clients.get(client) ?? new Set();
      if (readers.has(reader)) return true;
      if (readers.size >= most) return false;
      readers.add(reader);
      if (!clients.has(client) && clients.size >= maxClients) clients.delete(clients.keys().next().value!);
      clients.set(client, readers);
      return true;
    },
  };
}
