import { messageOf } from "@/application/faults.ts";
import type { Clock, Log } from "@/application/ports.ts";
import type { LastGood } from "./ports.ts";

/** A list on a page: fresh, from an earlier time (`asOf`, ms), or not to be had. */
export type Panel<Item> = { items: Item[]; asOf?: number; unavailable?: true };

export type PanelParts = { lastGood: LastGood; clock: Clock; logger: Log };

/** Asks another service for a list; when it does not answer, the page shows the last good one, marked with its time. */
export async function panel<Item>(parts: PanelParts, name: string, ask: () => Promise<Item[]>): Promise<Panel<Item>> {
  try {
    const items = await ask();
    await parts.lastGood.keep(name, items, parts.clock.now());
    return { items };
  } catch (error) {
    parts.logger.warn("panel-unavailable", { panel: name.split(":")[0], reason: messageOf(error) });
    const last = await parts.lastGood.get(name);
    return last === undefined ? { items: [], unavailable: true } : { items: last.items as Item[], asOf: last.time };
  }
}
