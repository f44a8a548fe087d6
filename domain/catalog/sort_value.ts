import type { Book } from "./book.ts";
import { titleKey } from "./found_by.ts";

export type BookSort = "newest" | "oldest" | "title" | "popularity";

/** What a book is sorted by, the same value in every store. Without a year it comes last by newest and by oldest. */
export function sortValue(book: Book, sort: BookSort): string | number {
  switch (sort) {
    case "newest":
      return book.year ?? -NO_YEAR;
    case "oldest":
      return book.year ?? NO_YEAR;
    case "title":
      return titleKey(book.title);
    case "popularity":
      return book.popularity;
  }
}

const NO_YEAR = 1_000_000;

/** Newest and most popular first; oldest and titles from the start. */
export const isDescending = (sort: BookSort): boolean => sort === "newest" || sort === "popularity";
