import { openRows, type RowFormat, type RowOptions } from "@/adapters/files/rows.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import type { ImportOptions } from "@/application/catalog/importing/import_options.ts";
import type { ImportReport } from "@/application/catalog/importing/import_report.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { webBus } from "@/services/web/app.ts";

/** The result of an import: its books by id, and the messages about its rows. */
type Imported = {
  books: Book[];
  byId: Record<string, Book>;
  report: ImportReport;
  format: RowFormat;
  refused: string[];
  warned: string[];
};

/** Imports text or bytes in chunks of some bytes, so that every seam is met, into the store that is given or one of its own. */
export async function importText(
  content: string | Uint8Array,
  { chunk = 7, store = createMemoryWebStore(), ...options }:
    & ImportOptions
    & RowOptions
    & { chunk?: number; store?: ReturnType<typeof createMemoryWebStore> } = {},
): Promise<Imported> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const [refused, warned]: [string[], string[]] = [[], []];
  const { format, rows } = await openRows(pieces(bytes, chunk), options);
  const report = await importBooks({ bus: webBus({ store, clock, ids }), shelf: store.shelf, ids }, rows, {
    ...options,
    onReject: (row, _raw, reason) => void refused.push(`${row} ${reason}`),
    onWarning: (row, _raw, warning) => void warned.push(`${row} ${warning}`),
  });
  const books = (await store.shelf.list({ facets: [], sort: "title", limit: 1_000 })).sort((a, b) =>
    a.id < b.id ? -1 : 1
  );
  return { books, byId: Object.fromEntries(books.map((book) => [book.id, book])), report, format, refused, warned };
}

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
