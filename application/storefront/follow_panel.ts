import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import { loadPanel, type PanelDeps } from "./panel.ts";

const REFRESH_MS = 10_000;

/**
 * What is known of another service's list, as `read` makes it of the items. The service is asked again while the list is in use, beside
 * the answers: the list is returned at once, and while the service is away it stays as it was.
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
    // The cache takes a rejection of it, as an outage of web's own store is.
    void refresh();
    return known;
  };
}
