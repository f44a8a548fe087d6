import type { Statements } from "@/adapters/sql/statements.ts";

/**
 * `known_book.readers` is indexed, and an update of its index entry costs more than the rest of a list. It is only updated when it is
 * off by more than an eighth, so that it is exact below 8.
 */
export const READERS_STEP = 8;

type Popular = { book: string; readers: number };

/** Books by the exact number of readers in their lists, then by popularity, then by id. */
export async function readPopular(
  { all, get }: Statements,
  version: number,
  limit: number,
): Promise<Popular[]> {
  const known = "FROM known_book AS book WHERE book.version = ? AND book.removed = 0";
  const order = "ORDER BY book.readers DESC, book.popularity DESC, book.id LIMIT ?";
  const last = await get(`SELECT book.readers ${known} ${order} OFFSET ?`, [version, 1, limit - 1]);
  const bar = Number(last?.readers ?? 0);
  // A book may belong to the first `limit` when its number is off by an eighth, and the last one's by an eighth the other way.
  const isExact = bar < READERS_STEP - 1;
  const least = isExact ? 0 : Math.floor(bar * (READERS_STEP - 1) / (READERS_STEP + 1));
  const rows = await all(
    `SELECT book.id, book.popularity, COALESCE(list.readers, 0) AS readers
     FROM (SELECT book.version, book.id, book.popularity ${known} AND book.readers >= ? ${order}) AS book
     LEFT JOIN neighbour_list AS list ON list.version = book.version AND list.book = book.id`,
    [version, least, isExact ? limit : Number.MAX_SAFE_INTEGER],
  );
  return rows.map(({ id, popularity, readers }) => ({
    book: String(id),
    popularity: Number(popularity),
    readers: Number(readers),
  })).sort((a, b) => b.readers - a.readers || b.popularity - a.popularity || (a.book < b.book ? -1 : 1))
    .slice(0, limit).map(({ book, readers }) => ({ book, readers }));
}
