import type { Clock, IdGenerator, UnitOfWork } from "@/application/ports.ts";
import { eventOf, type Happened } from "@/application/messaging/commands/command_events.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import { differences } from "./copies.ts";
import { withWork } from "./editions.ts";
import { CATALOG, CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import type { BookShelf, CatalogStores, CatalogueCopy } from "@/application/catalog/ports.ts";
import { allBooks } from "./remove_books.ts";

type Deps = {
  shelf: Pick<BookShelf, "byIds" | "list">;
  uow: UnitOfWork<CatalogStores>;
  clock: Clock;
  ids: IdGenerator;
};
type Options = {
  copies: CatalogueCopy[];
  /** Counts only. */
  dryRun?: boolean;
  onProgress?: (books: number) => void;
};
type Republished = { books: number; ahead: number; ghosts: number };

const BOOKS_AT_ONCE = 200;

/**
 * Sends the whole catalogue again, each book in a version above those of all copies, and removes books that only copies have. It
 * makes the catalogue the truth again after its store was put back from a backup while the log went on.
 */
export async function republish(
  { shelf, uow, clock, ids }: Deps,
  { copies, dryRun = false, onProgress }: Options,
): Promise<Republished> {
  const versions = new Map<string, number>();
  const [ghosts, ahead] = [new Set<string>(), new Set<string>()];
  for (const copy of copies) {
    for await (const page of differences({ shelf, uow }, copy)) {
      for (const { id } of page.ghosts) ghosts.add(id);
      for (const { id } of page.ahead) ahead.add(id);
      for (const { id, version } of [...page.ghosts, ...page.ahead]) {
        versions.set(id, Math.max(version, versions.get(id) ?? 0));
      }
    }
  }
  const cause: Envelope = { id: ids.fresh(), source: "/bookstream/web/republish", type: "republish", data: {} };
  const send = async (of: string[]) => {
    if (!dryRun) await uow.run((stores) => sendAgain(of, versions, stores, { cause, now: clock.now(), ids }));
  };
  let books = 0;
  for await (const some of allBooks(shelf)) {
    for (const packet of packetsOf(some.map(({ id }) => id))) {
      await send(packet);
      books += packet.length;
      onProgress?.(books);
    }
  }
  for (const packet of packetsOf([...ghosts])) await send(packet);
  return { books, ahead: ahead.size, ghosts: ghosts.size };
}

type Context = { cause: Envelope; now: number; ids: IdGenerator };

/** Stores the next version of each book, or of its removal where there is none, and says so. */
async function sendAgain(
  ids: string[],
  versions: Map<string, number>,
  { books, outbox }: Pick<CatalogStores, "books" | "outbox">,
  context: Context,
): Promise<void> {
  await books.lockAndPrefetch(ids.map((id) => ({ id })));
  const happened: Happened[] = [];
  for (const id of ids) {
    const known = versions.get(id) ?? 0;
    const book = await books.get(id);
    if (book !== undefined) {
      const next = { ...book, version: Math.max(book.version, known) + 1 };
      await books.save(next);
      happened.push({ type: CATALOG.bookChanged, key: id, data: withWork(next) });
    } else if (known > 0) {
      await books.remove({ id, version: known });
      happened.push({ type: CATALOG.bookRemoved, key: id, data: { id, version: known + 1 } });
    }
  }
  const events = happened.map((one) => eventOf(one, { ...context, module: "catalog" }));
  if (events.length === 0) return;
  await outbox.add(events.map(({ envelope, key }) => ({ topic: CATALOG_TOPICS.events, ...encode(envelope, key) })));
}

function* packetsOf(ids: string[]): Generator<string[]> {
  for (let at = 0; at < ids.length; at += BOOKS_AT_ONCE) yield ids.slice(at, at + BOOKS_AT_ONCE);
}
