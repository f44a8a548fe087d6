import { defined } from "@/application/defined.ts";
import type { KnownBook } from "./ports.ts";

/**
 * Returns the state of a book with the later version. A removed book keeps its work, so its readers are not recommended another
 * edition. Events of earlier releases lack the work, so of the same version the state with a work wins.
 */
export function newerBook(stored: KnownBook | undefined, added: KnownBook): KnownBook {
  if (stored === undefined) return added;
  if (added.version > stored.version) return added.removed ? { ...added, ...defined({ work: stored.work }) } : added;
  const fillsWork = added.version === stored.version && stored.work === undefined && added.work !== undefined;
  return fillsWork ? added : stored;
}
