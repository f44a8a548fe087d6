import { elapsedMs } from "@/application/elapsed.ts";
import { messageOf } from "@/application/faults.ts";
import type { Clock, Logger, UnitOfWork } from "@/application/ports.ts";
import type { BookCopy, BookShelf, CatalogStores, CatalogueCopy } from "@/application/catalog/ports.ts";

/** How a copy differs from the catalogue in a way that no event on its way mends. */
type Difference = {
  /** Books that the copy has and the catalogue has not, and removals there that the catalogue does not know. */
  ghosts: BookCopy[];
  /** Books that the copy has in a later version, or with another title in the same one. Later events are ignored there. */
  ahead: BookCopy[];
};

type Catalogue = { shelf: Pick<BookShelf, "byIds">; uow: UnitOfWork<Pick<CatalogStores, "books">> };

const BOOKS_AT_ONCE = 100;

/** Compares a copy with the catalogue, in pages. A copy that only lags behind does not differ. */
export async function* differences(
  { shelf, uow }: Catalogue,
  copy: CatalogueCopy,
  signal?: AbortSignal,
): AsyncGenerator<Difference> {
  let after: BookCopy | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const page = await copy.books(after, BOOKS_AT_ONCE);
    after = page.at(-1);
    if (after === undefined) return;
    const books = new Map((await shelf.byIds(page.map(({ id }) => id))).map((book) => [book.id, book]));
    const ahead = page.filter(({ id, version, title, removed }) => {
      const book = books.get(id);
      return book !== undefined &&
        (version > book.version || (version === book.version && !removed && title !== book.title));
    });
    const missing = page.filter(({ id }) => !books.has(id));
    yield { ahead, ghosts: missing.length === 0 ? [] : await unremoved(uow, missing) };
  }
}

/** Copies that are later than the catalogue's own removal of the book, whose event may be on its way. */
const unremoved = (uow: Catalogue["uow"], missing: BookCopy[]): Promise<BookCopy[]> =>
  uow.run(async ({ books }) => {
    await books.lockAndPrefetch(missing);
    const found: BookCopy[] = [];
    for (const one of missing) {
      if (await books.get(one.id) !== undefined) continue;
      const at = await books.removedAt(one.id);
      if (one.removed ? at < one.version : at <= one.version) found.push(one);
    }
    return found;
  });

/** After a store was put back its copies may differ at once, or once they have read the log. */
const PAUSES_MS = [5_000, 60_000, 600_000];

type WatchDeps = Catalogue & { copies: CatalogueCopy[]; clock: Clock; logger: Logger };

/** Compares the copies with the catalogue some times after the start, and says with numbers how they differ. */
export async function watchCopies(
  { copies, clock, logger, ...catalogue }: WatchDeps,
  signal: AbortSignal,
): Promise<void> {
  const said = new Set<string>();
  const began = clock.now();
  for (const pause of PAUSES_MS) {
    await clock.sleep(Math.max(0, pause - elapsedMs(clock, began)), signal);
    for (const copy of copies) {
      if (signal.aborted) return;
      try {
        let [ghosts, ahead] = [0, 0];
        for await (const page of differences(catalogue, copy, signal)) {
          ghosts += page.ghosts.length;
          ahead += page.ahead.length;
        }
        const fact = `${copy.name} ${ghosts} ${ahead}`;
        if (ghosts + ahead === 0 || said.has(fact)) continue;
        said.add(fact);
        logger.error("catalogue-differs", { copy: copy.name, ghosts, ahead, remedy: "deno task republish" });
      } catch (error) {
        if (!signal.aborted) logger.info("catalogue-not-compared", { copy: copy.name, reason: messageOf(error) });
      }
    }
  }
}
