import { RecentMap } from "@/domain/recent_map.ts";
import type { BookShelf } from "@/application/catalog/ports.ts";
import { withWork } from "@/application/catalog/books/editions.ts";

/** A book as it is answered: its JSON. */
type BookAnswer = { version: number; body: string };
/** `asOf`: the store's data version at which the book had this version. */
type Kept = BookAnswer & { asOf: number | undefined };

/** Characters of all kept answers, about 30,000 books. */
const MOST_CHARACTERS = 16 * 2 ** 20;

/**
 * Answers with books, and keeps the answers. A kept one is compared with the stored version when the store has changed, so that a
 * change counts at once, whichever process made it. Kept are the last ones that were asked for, of `most` characters at most.
 */
export function keepAnswers(
  shelf: Pick<BookShelf, "get" | "versionOf" | "dataVersion">,
  most = MOST_CHARACTERS,
): (id: string) => BookAnswer | Promise<BookAnswer | undefined> {
  const answers = new RecentMap<Kept>(most / 2, (id, { body }) => id.length + body.length);

  async function read(id: string, asOf: number | undefined): Promise<BookAnswer | undefined> {
    const kept = answers.get(id);
    if (kept !== undefined && await shelf.versionOf(id) === kept.version) {
      kept.asOf = asOf;
      return kept;
    }
    const book = await shelf.get(id);
    if (book === undefined) return undefined;
    const answer = { version: book.version, body: JSON.stringify(withWork(book)), asOf };
    answers.set(id, answer);
    return answer;
  }

  return (id) => {
    // Asked for before anything is read, so that what is read is at least as new.
    const now = shelf.dataVersion?.();
    const kept = answers.get(id);
    return now !== undefined && kept?.asOf === now ? kept : read(id, now);
  };
}
