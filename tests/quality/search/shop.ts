import { rowsOf } from "@/adapters/files/rows.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { findBooks } from "@/application/catalog/search/listing/find_books.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { webBus } from "@/services/web/app.ts";
import type { Engine } from "./measure.ts";
import { openStore, type StoreName } from "./store.ts";

/** A web store of its own with the books of a file, imported as an operator does. */
export async function openShop(name: StoreName, file: string, server: string | undefined) {
  const { store, drop } = await openStore(name, server);
  const began = clock.now();
  const report = await importBooks({ bus: webBus({ store, clock, ids }), shelf: store.shelf, ids }, rowsOf(file));
  const importMs = clock.now() - began;
  const engine: Engine = {
    name: `bookstream on ${name}`,
    find: async (words) => (await findBooks(store, { words, facets: [], limit: 10 })).books.map(({ id }) => id),
  };
  return {
    engine,
    report,
    importMs,
    books: () => allBooks(store),
    async close() {
      await store.close();
      await drop();
    },
  };
}

/** Every book, in the order of titles, so that all stores draw the same queries. */
async function allBooks({ shelf }: WebStore): Promise<Book[]> {
  const books: Book[] = [];
  for (let page = await shelf.list(FIRST_PAGE); page.length > 0;) {
    books.push(...page);
    const last = page.at(-1)!;
    page = await shelf.list({ ...FIRST_PAGE, after: { value: last.popularity, id: last.id } });
  }
  return books;
}
const FIRST_PAGE = { facets: [], sort: "popularity" as const, limit: 5_000 };
