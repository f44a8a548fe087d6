import type { Book } from "@/domain/catalog/book.ts";
import { sortValue } from "@/domain/catalog/sort_value.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { IdGenerator } from "@/application/ports.ts";
import { CATALOG, CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import type { After, BookShelf } from "@/application/catalog/ports.ts";

type Deps = { bus: MessageBus; shelf: Pick<BookShelf, "list">; ids: IdGenerator };
type RemoveBooks = {
  isRemoved: (book: Book) => boolean;
  /** Counts only. */
  dryRun?: boolean;
  onProgress?: (removed: number) => void;
  /** Ends the removal between two packets. */
  signal?: AbortSignal;
};

const BOOKS_AT_ONCE = 500;

/** Every book of the catalogue, in packets, by title. */
export async function* allBooks(shelf: Pick<BookShelf, "list">): AsyncGenerator<Book[]> {
  let after: After | undefined;
  while (true) {
    const books = await shelf.list({
      facets: [],
      sort: "title",
      limit: BOOKS_AT_ONCE,
      ...(after === undefined ? {} : { after }),
    });
    const last = books.at(-1);
    if (last === undefined) return;
    after = { value: sortValue(last, "title"), id: last.id };
    yield books;
  }
}

/** Removes books by the command that HTTP uses; returns how many were, or would be, removed. */
export async function removeBooks({ bus, shelf, ids }: Deps, options: RemoveBooks): Promise<number> {
  let removed = 0;
  for await (const books of allBooks(shelf)) {
    options.signal?.throwIfAborted();
    const gone = books.filter(options.isRemoved);
    if (gone.length === 0) continue;
    const commands = gone.map(({ id }) => ({
      id: ids.fresh(),
      source: "/bookstream/web/import",
      type: CATALOG.removeBook,
      data: { id },
    }));
    const outcomes = options.dryRun === true ? [] : await bus.dispatch(CATALOG_TOPICS.commands, commands);
    removed += options.dryRun === true ? gone.length : outcomes.filter(({ kind }) => kind === "done").length;
    options.onProgress?.(removed);
  }
  return removed;
}
