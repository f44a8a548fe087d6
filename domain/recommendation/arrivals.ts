import { LATELY, type Neighbour, newestChoices } from "./neighbours.ts";

/** The id under which the list of new arrivals is kept. No book has it, as an id is part of a URL's path. */
export const ARRIVALS = "/arrivals";
/** The lists of the whole shop, which any act may change. */
export const SHOP_LISTS = [LATELY, ARRIVALS];

/** A book is a new arrival if all who chose it did so among so many newest choices. */
const NEWEST = 200;

/**
 * The books that readers have only begun to choose, ordered by id: all of their `readersOf` are among the newest 200 choices.
 * None in a shop of so few choices, where every book is new. `choices`: all, or the newest 200 and more.
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
