import type { Book } from "./book.ts";
import { titleKey } from "./found_by.ts";

export type BookSort = "newest" | "oldest" | "title" | "popularity";

/** What a book is sorted by, the same value in every store. Without a year it comes last by newest and by oldest. */
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

/** What stands for the year of a book that has none: beyond all years, so that it comes last. */
export const noYear = (sort: "newest" | "oldest"): number => sort === "newest" ? -1_000_000 : 1_000_000;

/** Newest and most popular first; oldest and titles from the start. */
export const isDescending = (sort: BookSort): boolean => sort === "newest" || sort === "popularity";
