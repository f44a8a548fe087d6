import { foundOf } from "@/domain/activity/found.ts";
import type { FirstResults } from "@/application/activity/ports.ts";
import type { BookSearch } from "@/application/catalog/ports.ts";
import { searchBooks } from "@/application/catalog/search/search_books.ts";
import type { UnitOfWork } from "@/application/ports.ts";

/** Adds activity's port `firstResults` to a unit of work. The catalogue answers it in the same transaction. */
export const withFirstResults = <Stores extends { search: BookSearch }>(
  uow: UnitOfWork<Stores>,
): UnitOfWork<Stores & { firstResults: FirstResults }> => ({
  run: (work, options) =>
    uow.run((stores) => work({ ...stores, firstResults: firstResultsIn(stores.search) }), options),
});

const firstResultsIn = (search: BookSearch): FirstResults => ({
  of: async (query) => foundOf((await searchBooks(search, query)).ranked.map(({ id }) => id)),
});
