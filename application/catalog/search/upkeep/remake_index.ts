import { messageOf, Unavailable } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { SearchIndex } from "@/application/catalog/ports.ts";

/** The number of books per transaction. Short transactions keep other writers waiting less. */
const BOOKS_PER_STEP = 100;
const PAUSE_MS = 2;
const RETRY_MS = 1_000;

/**
 * Rebuilds the search index in the background after an upgrade that changes it, most popular books first. Until it is complete, search
 * finds only the books that are already indexed. Continues where another process stopped.
 */
export function startRemake(
  { searchIndex, clock, logger }: { searchIndex: SearchIndex; clock: Clock; logger: Logger },
) {
  const stopping = new AbortController();
  async function remakeAll(): Promise<void> {
    for (let books = 0; !stopping.signal.aborted;) {
      try {
        const made = await searchIndex.remake(BOOKS_PER_STEP);
        if (made === 0) return books === 0 ? undefined : logger.info("search-index-made", { books });
        if (books === 0) logger.info("search-index-stale");
        books += made;
        await clock.sleep(PAUSE_MS, stopping.signal);
      } catch (error) {
        if (!(error instanceof Unavailable)) {
          return logger.error("search-index-not-made", { reason: messageOf(error) });
        }
        await clock.sleep(RETRY_MS, stopping.signal);
      }
    }
  }
  const done = remakeAll();
  return {
    /** Resolves when the index is complete. */
    done,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
