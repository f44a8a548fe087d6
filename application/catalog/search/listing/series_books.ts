import type { Book } from "@/domain/catalog/book.ts";
import { bySeriesNumber, seriesOf } from "@/domain/catalog/series.ts";
import { normalForm } from "@/domain/text.ts";
import type { BookSearch, BookShelf } from "@/application/catalog/ports.ts";
import { searchBooks } from "@/application/catalog/search/search_books.ts";

type Sources = { search: BookSearch; shelf: Pick<BookShelf, "byIds"> };

/** The maximum number of books that a search by the name of the series returns. */
const MAX_FOUND = 60;

/** The books of a book's series with the book itself, in their order; none where it has no series or is alone in it. */
export async function seriesBooks({ search, shelf }: Sources, book: Book): Promise<Book[]> {
  const series = seriesOf(book);
  if (series === undefined) return [];
  const name = normalForm(series.name);
  const { ranked } = await searchBooks(search, name);
  const found = await shelf.byIds(ranked.slice(0, MAX_FOUND).map(({ id }) => id));
  const others = found.filter((one) => one.id !== book.id && normalForm(seriesOf(one)?.name ?? "") === name);
  if (others.length === 0) return [];
  return [book, ...others].sort((a, b) => bySeriesNumber(seriesOf(a)!, seriesOf(b)!) || (a.title < b.title ? -1 : 1));
}
