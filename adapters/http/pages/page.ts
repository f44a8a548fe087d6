import type { Child } from "hono/jsx";
import type { AppContext } from "@/adapters/http/base/app.ts";
import { answerZipped } from "@/adapters/http/base/content/zipped.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";

/** Forms of pages are small. */
export const FORM = { mostBytes: 16 * 1024 };

/** Answers with a page. It is rendered for one reader, so no shared cache may store it. */
export async function page(context: AppContext, content: Child): Promise<Response> {
  return await answerZipped(context, `<!doctype html>${await content}`, {
    "content-type": "text/html; charset=UTF-8",
    "cache-control": "private, no-store",
  });
}

export const idsOf = (items: { book: { id: string } }[]): string[] => items.map(({ book }) => book.id);

/** Returns the reader's shelves and stars of the books on a page. */
export async function readerBooksOf(
  { store }: WebApiDeps,
  reader: string,
  ids: string[],
): Promise<Map<string, ReaderBook>> {
  const rows = ids.length === 0 ? [] : await store.readerList.aboutBooks(reader, ids);
  return new Map(rows.map((row) => [row.book, row]));
}
