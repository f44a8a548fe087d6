/** How many of the found books a search event carries. */
export const FIRST_RESULTS = 10;

/** What a search found: the number of books, and the ids of the first ones. */
export type Found = { results: number; books: string[] };

/** What the event of a search carries, from the ids of all found books, best first. */
export const foundOf = (books: string[]): Found => ({ results: books.length, books: books.slice(0, FIRST_RESULTS) });
