import { RecentMap } from "@/domain/recent_map.ts";
import type { BookShelf } from "@/application/catalog/ports.ts";
import { withWork } from "@/application/catalog/books/editions.ts";

/** A book as it is answered: its JSON. */
type BookAnswer = { version: number; body: string };

/** Characters of all kept answers, about 30,000 books. */
const MOST_CHARACTERS = 16 * 2 ** 20;

/**
 * Answers with books, and keeps the answers. The stored version is asked for each time, so that a change counts at once, whichever
 * process made it. Kept are the last ones that were asked for, of `most` characters at most.
 */
export function keepAnswers(
  shelf: Pick<BookShelf, "get" | "versionOf">,
  most = MOST_CHARACTERS,
): (id: string) => Promise<BookAnswer | undefined> {
  const answers = new RecentMap<BookAnswer>(most / 2, (id, { body }) => id.length + body.length);
  return async (id) => {
    const kept = answers.get(id);
    if (kept !== undefined && await shelf.versionOf(id) === kept.version) return kept;
    const book = await shelf.get(id);
    if (book === undefined) return undefined;
    const answer = { version: book.version, body: JSON.stringify(withWork(book)) };
    answers.set(id, answer);
    return answer;
  };
}
