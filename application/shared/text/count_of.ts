/** A number for people: 1,200. */
export const numberText = (count: number): string => count.toLocaleString("en");

/** A count with its noun: 1 book, 2 books, 1,200 books. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;
