import { LATELY, type Neighbour, newestChoices } from "./neighbours.ts";

/** The id of the stored list of new arrivals. No book has this id, because a book id contains no slash. */
export const ARRIVALS = "/arrivals";
/** The ids of the lists that are about all readers. Any act may change them. */
export const SHOP_LISTS = [LATELY, ARRIVALS];

/** How many of the newest choices are searched for new arrivals. */
const NEWEST = 200;

/**
 * Returns the new arrivals, ordered by id: books whose readers (`readersOf`) all chose them among the newest 200 choices.
 * Returns none when there are no older choices, as every book would be new. `choices`: all choices, or more than the newest 200.
 */
export function newArrivals(
  choices: { book: string; time: number }[],
  readersOf: (book: string) => number,
): Neighbour[] {
  const times = new Map<string, number>();
  let counted = 0;
  for (const own of newestChoices(choices, NEWEST)) {
    for (const { book } of own) times.set(book, (times.get(book) ?? 0) + 1);
    counted += own.length;
  }
  if (counted === choices.length) return [];
  const books = [...times.keys()].filter((book) => times.get(book) === readersOf(book));
  return books.sort().map((book) => ({ book, similarity: 1 }));
}
