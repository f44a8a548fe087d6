import type { Book } from "./book.ts";
import { titleKey } from "./found_by.ts";

export type BookSort = "newest" | "oldest" | "title" | "popularity";

/** The value that a book is sorted by, the same in every store. A book without a year comes last, by newest and by oldest. */
export function sortValue(book: Book, sort: BookSort): string | number {
  switch (sort) {
    case "newest":
    case "oldest":
      return book.year ?? noYear(sort);
    case "title":
      return titleKey(book.title);
    case "popularity":
      return book.popularity;
  }
}

/** The value for a book without a year: beyond all years, so that it comes last. */
export const noYear = (sort: "newest" | "oldest"): number => sort === "newest" ? -1_000_000 : 1_000_000;

/** Whether an order is descending in `sortValue`. */
export const isDescending = (sort: BookSort): boolean => sort === "newest" || sort === "popularity";
