import { dayOf } from "@/domain/hours.ts";
import type { Clock } from "@/application/ports.ts";

/** Tells the readers of a client that count as readers from those that are too many. */
interface Crowd {
  /** Whether the reader is among the first of the client's readers today (UTC). */
  admits(client: string, reader: string): boolean;
}

/** How many readers of a client count as readers on a day: a household or a small office. */
export const READERS_PER_CLIENT = 10;
/** Clients that are remembered: the oldest ones give way. */
const MAX_CLIENTS = 100_000;

/**
 * The first `most` readers of each client on each day, by this process alone. Whoever makes many reader ids is a few readers by
 * that, and so is whoever has collected them.
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
