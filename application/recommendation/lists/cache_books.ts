import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";
import { IndexedBooks } from "./indexed_books.ts";
import type { BookReader, BookState } from "@/application/recommendation/ports.ts";

/** The maximum age of books and lists in an answer. */
const MAX_AGE_MS = 500;
/** When changes are seen that the state does not show: lists written by a process of an older release during an upgrade. */
const READ_AGAIN_MS = 5 * 60_000;

/** Caches books and lists until the state of the store changes. The acts of readers are never cached. */
export function cacheBooks(reader: BookReader, clock: Clock): () => Promise<IndexedBooks> {
  let kept: { books: IndexedBooks; state: BookState; since: number } | undefined;
  return cacheFor(
    async () => {
      // The state is read before the data, so no change in between is missed.
      const state = await reader.state();
      if (kept === undefined || kept.state.books !== state.books || kept.books.isFull) {
        kept = { books: new IndexedBooks(reader), state, since: clock.now() };
      } else if (elapsedMs(clock, kept.since) >= READ_AGAIN_MS) {
        kept.books.forgetLists();
        kept = { ...kept, state, since: clock.now() };
      } else if (kept.state.lists !== state.lists) {
        kept.books.forgetLists(await reader.listsWritten(kept.state.lists, state.lists));
        kept = { ...kept, state };
      }
      return kept.books;
    },
    MAX_AGE_MS,
    clock,
  );
}
