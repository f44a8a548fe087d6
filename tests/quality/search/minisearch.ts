import MiniSearch from "minisearch";
import type { Book } from "@/domain/catalog/book.ts";
import type { Engine } from "./measure.ts";
import { withoutAccents } from "./mistakes.ts";

/** The library that the suite is measured beside, as well as one can tune it: accents folded, all words first, then any. */
export function openMiniSearch(books: Book[]): Engine {
  const index = new MiniSearch<Record<string, unknown>>({
    fields: ["title", "authors", "subjects", "isbn13"],
    storeFields: ["popularity"],
    processTerm: (term) => withoutAccents(term).toLowerCase().replace(/['’]/g, "") || null,
    searchOptions: {
      boost: { title: 3, authors: 2 },
      prefix: (_, at, terms) => at === terms.length - 1,
      fuzzy: (term) => term.length > 4 ? 0.2 : false,
      weights: { fuzzy: 0.3, prefix: 0.6 },
      boostDocument: (_id, _term, stored) => 1 + Math.log10(1 + Number(stored?.["popularity"] ?? 0)) / 20,
    },
  });
  index.addAll(books.map(({ id, title, authors, subjects, isbn13, popularity }) => ({
    id,
    title,
    authors: authors.join(" "),
    subjects: subjects.join(" "),
    isbn13: isbn13 ?? "",
    popularity,
  })));
  return {
    name: "MiniSearch 7.2",
    find(query) {
      const all = index.search(query, { combineWith: "AND" });
      const found = all.length > 0 ? all : index.search(query, { combineWith: "OR" });
      return Promise.resolve(found.slice(0, 10).map(({ id }) => String(id)));
    },
  };
}
