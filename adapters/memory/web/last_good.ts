import type { LastGood } from "@/application/storefront/ports.ts";

/** Keeps the last good lists in memory, up to a limit; the least recently stored one is dropped. */
export function createMemoryLastGood(most = 1_000): LastGood {
  const lists = new Map<string, { items: unknown[]; time: number }>();
  return {
    keep(name, items, time) {
      lists.delete(name);
      lists.set(name, { items, time });
      if (lists.size > most) lists.delete(lists.keys().next().value!);
      return Promise.resolve();
    },
    forget(name) {
      lists.delete(name);
      return Promise.resolve();
    },
    get: (name) => Promise.resolve(lists.get(name)),
  };
}
