import type { Book } from "@/domain/catalog/book.ts";
import type { Popularity } from "@/application/activity/ports.ts";
import type { PopularityFold } from "@/application/catalog/ports.ts";
import type { MemoryDatabase, Table } from "@/adapters/memory/messaging/database.ts";

/** What acts add to books, and how it is added up. */
export function memoryPopularity(
  database: MemoryDatabase,
  books: Table<Book>,
  acts: Table<number>,
): { popularity: Popularity; fold: PopularityFold } {
  const waiting = database.table<{ book: string; points: number }>();
  let last = 0;
  return {
    popularity: {
      add(book, points) {
        waiting.set(String(++last), { book, points });
        return Promise.resolve();
      },
    },
    fold: {
      fold: (most) => {
        if (waiting.stored.values().length === 0) return Promise.resolve(0);
        return database.transaction(() => {
          const rows = waiting.entries().slice(0, most);
          for (const [number, { book, points }] of rows) {
            waiting.delete(number);
            if (books.get(book) !== undefined) acts.set(book, Math.max(0, (acts.get(book) ?? 0) + points));
          }
          return Promise.resolve(rows.length);
        });
      },
    },
  };
}
