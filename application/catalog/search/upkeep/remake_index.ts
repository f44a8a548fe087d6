import { messageOf, Unavailable } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { SearchIndex } from "@/application/catalog/ports.ts";

/** Books of one transaction: it is short, so that others that write wait little. */
const BOOKS_PER_STEP = 100;
const PAUSE_MS = 2;
const RETRY_MS = 1_000;

/**
 * Makes the index of search again where a new version of the suite reads another one, beside everything else. Until it is done, search
 * finds the books that are done, the most popular first. Goes on where another process has ended.
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
    /** Resolves when the index is whole. */
    done,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
