/** How many of the books that a search has found are kept with it. */
export const FIRST_RESULTS = 10;

/** What a search has found: how many books, and the first of them. */
export type Found = { results: number; books: string[] };

/** What is kept of all the books that a search has found, best first. */
export const foundOf = (books: string[]): Found => ({ results: books.length, books: books.slice(0, FIRST_RESULTS) });
