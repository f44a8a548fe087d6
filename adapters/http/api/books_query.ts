import { z } from "zod";
import { characters } from "@/application/characters.ts";
import { type Facet, facet } from "@/domain/catalog/found_by.ts";
import { findBooks, orderOf } from "@/application/catalog/find_books.ts";
import { limit } from "@/adapters/http/base/contracts.ts";
import { fingerprint, fromCursor, toCursor } from "./cursor.ts";
import type { WebApiDeps } from "./web_api_deps.ts";

const filter = characters(1, 200).optional();
export const booksQuery = z.object({
  q: characters(0, 500).optional().meta({ description: "Words of title, author, subject; an ISBN" }),
  author: filter,
  subject: filter,
  language: filter,
  decade: z.string().regex(/^-?\d{1,4}$/, "wanted a year like 1960").optional(),
  sort: z.enum(["relevance", "newest", "oldest", "title", "popularity"]).optional().meta({
    description: "relevance with q, popularity without",
  }),
  ids: characters(0, 7_000).optional().meta({
    description: "Up to 100 ids with commas between; nothing else may be asked with it",
  }),
  limit,
  cursor: z.string().max(2_000).optional(),
});
type BooksQuery = z.output<typeof booksQuery>;

/** A page of books with the cursor of the next page. Answers 400 for a cursor of another query. */
export async function findPage({ store }: Pick<WebApiDeps, "store">, query: BooksQuery) {
  const { limit, cursor, q, ...rest } = query;
  const queryId = fingerprint([q, rest]);
  const found = await findBooks(store, {
    words: q,
    facets: facetsOf(query),
    sort: query.sort,
    after: fromCursor({ query: queryId, order: orderOf({ words: q, sort: query.sort }) }, cursor),
    limit,
  });
  return { ...found, next: found.next === undefined ? null : toCursor(queryId, found.next) };
}

const facetsOf = ({ author, subject, language, decade }: BooksQuery): Facet[] => [
  ...(author === undefined ? [] : [facet("author", author)]),
  ...(subject === undefined ? [] : [facet("subject", subject)]),
  ...(language === undefined ? [] : [facet("language", language)]),
  ...(decade === undefined ? [] : [facet("decade", String(Number(decade)))]),
];
