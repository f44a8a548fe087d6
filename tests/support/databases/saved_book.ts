import type { WebStore } from "@/application/storefront/ports.ts";
import { book } from "@/tests/support/samples.ts";

/** Opens a store, writes a book and reads it back by its id: what a connection is there for. */
export async function savedBook(opened: Promise<WebStore & { close(): Promise<void> }>): Promise<string | undefined> {
  const store = await opened;
  try {
    await store.uow.run(({ books }) => books.save(book("b")));
    return (await store.shelf.get("b"))?.id;
  } finally {
    await store.close();
  }
}
