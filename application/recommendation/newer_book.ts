import { defined } from "@/application/defined.ts";
import type { KnownBook } from "./ports.ts";

/**
 * Which of two states of a book counts: the later version. A removed book keeps its work, so that its readers do not get another
 * edition. Events of earlier releases lack the work, so the same version with a work counts as later.
 */
export function newerBook(stored: KnownBook | undefined, added: KnownBook): KnownBook {
  if (stored === undefined) return added;
  if (added.version > stored.version) return added.removed ? { ...added, ...defined({ work: stored.work }) } : added;
  const fillsWork = added.version === stored.version && stored.work === undefined && added.work !== undefined;
  return fillsWork ? added : stored;
}
