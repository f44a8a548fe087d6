import { type CommandStores, createProcessor, type ProcessorParts, route } from "@/application/messaging/processor.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import type { Processor } from "@/application/messaging/bus.ts";
import { addBook } from "./add_book.ts";
import { changeBook } from "./change_book.ts";
import { addBookCommand, CATALOG, changeBookCommand, removeBookCommand } from "./messages.ts";
import type { Books } from "./ports.ts";
import { removeBook } from "./remove_book.ts";

export type CatalogStores = CommandStores & { books: Books };

/** The catalogue's commands, each with its schema and handler. */
export function catalogProcessor(parts: Pick<ProcessorParts<CatalogStores>, "uow" | "clock" | "ids">): Processor {
  return createProcessor<CatalogStores>({
    ...parts,
    module: "catalog",
    commands: TOPICS.catalogCommands,
    events: TOPICS.catalogEvents,
    rejected: CATALOG.commandRejected,
    failed: CATALOG.commandFailed,
    routes: {
      [CATALOG.addBook]: route(addBookCommand, addBook),
      [CATALOG.changeBook]: route(changeBookCommand, changeBook),
      [CATALOG.removeBook]: route(removeBookCommand, removeBook),
    },
  });
}
