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
  // Two generations, as to sort answers by their last use would cost each request.
  let [fresh, old] = [new Map<string, BookAnswer>(), new Map<string, BookAnswer>()];
  let characters = 0;

  function keep(id: string, answer: BookAnswer): BookAnswer {
    const size = answer.body.length + id.length;
    if (characters + size > most / 2) {
      [fresh, old] = [new Map(), fresh];
      characters = 0;
    }
    fresh.set(id, answer);
    characters += size;
    return answer;
  }

  return async (id) => {
    const known = fresh.get(id);
    const kept = known ?? old.get(id);
    if (kept !== undefined && await shelf.versionOf(id) === kept.version) return known ?? keep(id, kept);
    const book = await shelf.get(id);
    return book === undefined ? undefined : keep(id, { version: book.version, body: JSON.stringify(withWork(book)) });
  };
}
