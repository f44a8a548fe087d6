import { messageOf } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { LastGood } from "./ports.ts";

/** A list on a page: current, from an earlier time (`asOf`), or unavailable. */
export type Panel<Item> = { items: Item[]; asOf?: number; unavailable?: true };

export type PanelDeps = { lastGood: LastGood; clock: Clock; logger: Logger };

/** The name of a reader's list in `LastGood`. */
export const forYouName = (reader: string): string => `for-you:${reader}`;

/** Reads a list from another service. When that fails, returns the last good list with its time. */
export async function loadPanel<Item>(
  deps: PanelDeps,
  name: string,
  ask: () => Promise<Item[]>,
): Promise<Panel<Item>> {
  try {
    const items = await ask();
    await deps.lastGood.keep(name, items, deps.clock.now());
    return { items };
  } catch (error) {
    deps.logger.warn("panel-unavailable", { panel: name.split(":")[0], reason: messageOf(error) });
    const last = await deps.lastGood.get(name);
    return last === undefined ? { items: [], unavailable: true } : { items: last.items as Item[], asOf: last.time };
  }
}
