import { createProcessor, type ProcessorDeps, route } from "@/application/messaging/commands/processor.ts";
import { addBookCommand, CATALOG, CATALOG_TOPICS, changeBookCommand, removeBookCommand } from "./messages.ts";
import type { Processor } from "@/application/messaging/commands/bus.ts";
import { addBook } from "@/application/catalog/books/add_book.ts";
import { changeBook } from "@/application/catalog/books/change_book.ts";
import type { CatalogStores, ExpectedBook } from "./ports.ts";
import { removeBook } from "@/application/catalog/books/remove_book.ts";

type Deps = Pick<ProcessorDeps<CatalogStores, ExpectedBook>, "uow" | "clock" | "ids">;

/** The catalogue's commands, each with its schema and handler. */
export function catalogProcessor(deps: Deps): Processor {
  return createProcessor<CatalogStores, ExpectedBook>({
    ...deps,
    module: "catalog",
    commands: CATALOG_TOPICS.commands,
    events: CATALOG_TOPICS.events,
    rejected: CATALOG.commandRejected,
    failed: CATALOG.commandFailed,
    routes: {
      [CATALOG.addBook]: route(addBookCommand, addBook, ({ id, isbn13 }) => ({ id, isbn13 })),
      [CATALOG.changeBook]: route(changeBookCommand, changeBook, ({ id, isbn13 }) => ({ id, isbn13 })),
      [CATALOG.removeBook]: route(removeBookCommand, removeBook, ({ id }) => ({ id })),
    },
    order: () => "by-key",
    lockAndPrefetch: (books, stores) => stores.books.lockAndPrefetch(books),
  });
}
