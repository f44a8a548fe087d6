import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";
import { IndexedBooks } from "./indexed_books.ts";
import type { BookReader, BookState } from "@/application/recommendation/ports.ts";

/** Books and lists may be so old in an answer. */
const MAX_AGE_MS = 500;
/** What no state speaks of is seen after this: lists that a process of an earlier release wrote while it is replaced. */
const READ_AGAIN_MS = 5 * 60_000;

/** Keeps books between answers, until the store says that they have changed. What the reader did is never kept. */
export function cacheBooks(reader: BookReader, clock: Clock): () => Promise<IndexedBooks> {
  let kept: { books: IndexedBooks; state: BookState; since: number } | undefined;
  return cacheFor(
    async () => {
      // Read before what it speaks of, so that no change in between is missed.
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
