import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import { loadPanel, type PanelDeps } from "./panel.ts";

const REFRESH_MS = 10_000;

/**
 * Returns what `read` makes of another service's list. It answers at once from the last list, and refreshes the list in the
 * background while it is in use. While the service is away the last list stays.
 */
export function followPanel<Item, Known>(
  deps: PanelDeps,
  { name, ask, read }: { name: string; ask: () => Promise<Item[]>; read: (items: Item[]) => Known },
): () => Known {
  let known = read([]);
  const refresh = cacheFor(
    async () => void (known = read((await loadPanel(deps, name, ask)).items)),
    REFRESH_MS,
    deps.clock,
  );
  return () => {
    // The cache handles a rejection, such as an outage of web's own store.
    void refresh();
    return known;
  };
}
