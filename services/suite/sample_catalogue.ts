import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rowsOf } from "@/adapters/files/rows.ts";
import { importBooks } from "@/application/catalog/import_books.ts";
import type { Clock, IdGenerator } from "@/application/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { webBus } from "@/services/web/app.ts";

const FILE = fileURLToPath(new URL("./sample_books.csv", import.meta.url));

/** The ids of the sample books. */
export async function sampleIds(): Promise<string[]> {
  const ids: string[] = [];
  for await (const row of rowsOf(FILE)) if ("columns" in row) ids.push(String(row.columns.id));
  return ids;
}

/**
 * Fills a catalogue that has never had a book, once; a start that was cut off in the middle goes on at the next one.
 * Returns how many books were added.
 */
export async function sampleCatalogue(
  folder: string,
  { store, clock, ids }: { store: WebStore; clock: Clock; ids: IdGenerator },
): Promise<number> {
  const begun = join(folder, "sample-catalogue.begun");
  const done = join(folder, "sample-catalogue.done");
  if (existsSync(done)) return 0;
  if (!existsSync(begun) && await store.shelf.count() > 0) return 0;
  writeFileSync(begun, "");
  const report = await importBooks({ bus: webBus({ store, clock, ids }), shelf: store.shelf, ids }, rowsOf(FILE));
  writeFileSync(done, "");
  return report.added;
}
