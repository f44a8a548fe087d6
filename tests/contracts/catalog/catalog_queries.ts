import type { BookSort } from "@/domain/catalog/sort_value.ts";
import { searchBooks } from "@/application/catalog/search/search_books.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { BOOKS } from "@/tests/support/catalog/catalog_books.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

type Facets = Parameters<typeof searchBooks>[2];

/** Ids of the books that a search finds (`found`) and that a list shows (`listed`). */
export const catalogQueries = (made: () => StoreUnderTest<WebStore>) => ({
  found: async (query: string, facets: Facets = []): Promise<string[]> =>
    (await searchBooks(made().other.search, query, facets)).ranked.map(({ id }) => id),
  listed: async (sort: BookSort, facets: Facets = []): Promise<string[]> =>
    (await made().store.shelf.list({ facets: facets ?? [], sort, limit: 100 })).map(({ id }) => id),
});

/** Saves the small catalogue. */
export const saveBooks = ({ uow }: WebStore): Promise<void> =>
  uow.run(async ({ books }) => {
    for (const one of BOOKS) await books.save(one);
  });
