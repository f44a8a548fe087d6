import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Book, type BookDetails, sameDetails } from "@/domain/catalog/book.ts";
import { rowsOf } from "@/adapters/files/rows.ts";
import { systemIds } from "@/adapters/system/ids.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import { layoutOf } from "@/application/catalog/importing/columns/import_layout.ts";
import { readRow } from "@/application/catalog/importing/rows/import_row.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import type { Clock, IdGenerator } from "@/application/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { webBus } from "@/services/web/app.ts";

const FILE = fileURLToPath(new URL("./sample_books.csv", import.meta.url));

/**
 * Adds the sample books, once, to a catalogue that has never had a book. The next start resumes after an interruption.
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

/** Returns the ids of the sample books. */
export const sampleIds = async (): Promise<string[]> => [...(await sampleBooks()).keys()];

/** Returns the books of the sample catalogue by id. */
export async function sampleBooks(): Promise<Map<string, BookDetails>> {
  const rows: ImportRow[] = [];
  for await (const row of rowsOf(FILE)) rows.push(row);
  const layout = layoutOf(rows, {}, systemIds);
  return new Map(rows.flatMap((row) => {
    const read = "columns" in row ? readRow(row, layout) : undefined;
    return read?.ok === true ? [[read.id, read.details]] : [];
  }));
}

/** Returns whether a book is an unchanged sample. */
export function isSample(samples: Map<string, BookDetails>, book: Book): boolean {
  const details = samples.get(book.id);
  if (details === undefined) return false;
  // Samples of earlier versions have no series.
  const { series: _series, series_number: _number, ...earlier } = details;
  return sameDetails(book, details) || sameDetails(book, earlier);
}
