import type { Book } from "@/domain/catalog/book.ts";
import { PrefixIndex } from "@/domain/catalog/search/prefix_index.ts";
import type { SuggestedBook } from "@/domain/catalog/search/suggestion.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";
import type { After, BookSearch, BookShelf } from "@/application/catalog/ports.ts";

/** An index of the most popular books. `books`: by their number in the index. `complete`: whether the catalogue has no others. */
export type PopularBooks = { index: PrefixIndex; books: SuggestedBook[]; complete: boolean };

type Sources = { search: Pick<BookSearch, "documents">; shelf: Pick<BookShelf, "list" | "sortValues"> };

/** The number of books in memory, about 2 kB each. */
const MAX_BOOKS = 20_000;
/** The number of books to read and index between pauses, in about 5 ms. */
const BOOKS_PER_READ = 50;
/** The pause between two reads, so that other work can run. */
const PAUSE_MS = 2;
const MIN_AGE_MS = 10_000;
const MAX_AGE_MS = 60_000;
/** The copy is refreshed after this multiple of the time that reading it took, within the limits above. */
const TIMES_READ = 50;
/** The copy is no longer used after this multiple of that age. */
const TIMES_STALE = 2;

/**
 * Keeps a copy of the most popular books, refreshed in the background while it is in use. Returns undefined until the first read
 * has ended, and when the copy is stale.
 */
export function followPopularBooks(sources: Sources, clock: Clock): () => PopularBooks | undefined {
  let last: { at: number; keptMs: number; popular: PopularBooks } | undefined;
  let pending = false;
  async function readAgain(): Promise<void> {
    const began = clock.now();
    const popular = await readPopular(sources, clock);
    const at = clock.now();
    last = { at, keptMs: Math.min(MAX_AGE_MS, Math.max(MIN_AGE_MS, TIMES_READ * (at - began))), popular };
  }
  return () => {
    const ageMs = last === undefined ? Infinity : elapsedMs(clock, last.at);
    if (!pending && (last === undefined || ageMs >= last.keptMs)) {
      pending = true;
      // After an outage the next suggestion reads the store, and reports the outage.
      readAgain().catch(() => {}).finally(() => pending = false);
    }
    return last !== undefined && ageMs < TIMES_STALE * last.keptMs ? last.popular : undefined;
  };
}

async function readPopular(sources: Sources, clock: Clock): Promise<PopularBooks> {
  const popular = await readBooks(sources, clock);
  for (const _ of popular.index.sort()) await clock.sleep(PAUSE_MS);
  return popular;
}

async function readBooks({ search, shelf }: Sources, clock: Clock): Promise<PopularBooks> {
  const popular: PopularBooks = { index: new PrefixIndex(), books: [], complete: false };
  let after: After | undefined;
  while (popular.books.length < MAX_BOOKS) {
    if (after !== undefined) await clock.sleep(PAUSE_MS);
    const some = await shelf.list({
      facets: [],
      sort: "popularity",
      limit: BOOKS_PER_READ,
      ...(after === undefined ? {} : { after }),
    });
    await addBooks(popular, search, some);
    const last = some.at(-1);
    if (last === undefined || some.length < BOOKS_PER_READ) return { ...popular, complete: true };
    [after] = await shelf.sortValues([last.id], "popularity");
    if (after === undefined) return popular;
  }
  return popular;
}

async function addBooks({ index, books }: PopularBooks, search: Sources["search"], some: Book[]): Promise<void> {
  const documents = new Map((await search.documents(some.map(({ id }) => id))).map((one) => [one.id, one]));
  for (const { id, title, authors, series, series_number } of some) {
    const document = documents.get(id);
    if (document === undefined) continue;
    index.add(document);
    books.push({
      id,
      title,
      authors,
      ...(series === undefined ? {} : { series }),
      ...(series_number === undefined ? {} : { series_number }),
    });
  }
}
