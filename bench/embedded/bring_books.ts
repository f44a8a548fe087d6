/** Brings the books of a made-up shop into the embedded suite, as an import does. */
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import { booksOf, type ShopSize } from "@/bench/lists/shop.ts";
import { until } from "@/bench/report.ts";
import { webBus } from "@/services/web/app.ts";
import type { Embedded } from "./suite.ts";

const AT_MOST_MS = 30 * 60_000;

/** Resolves when the recommendation service knows them too. */
export async function bringBooks({ stores: { web, recommendation } }: Embedded, size: ShopSize): Promise<void> {
  await importBooks({ bus: webBus({ store: web, clock, ids }), shelf: web.shelf, ids }, rowsOf(size));
  const last = `book-${size.books - 1}`;
  await until(async () => (await recommendation.at(1).books.facts([last])).length > 0, 50, AT_MOST_MS);
}

async function* rowsOf(size: ShopSize): AsyncGenerator<ImportRow> {
  for (const { data } of booksOf(size)) {
    const { id, title, authors, subjects } = data as {
      id: string;
      title: string;
      authors: string[];
      subjects: string[];
    };
    yield { columns: { id, title, authors: authors.join("; "), subjects: subjects.join("; ") }, line: "" };
  }
}
