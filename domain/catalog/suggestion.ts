import { readTitle } from "@/domain/title.ts";
import { readWords } from "@/domain/words.ts";
import { normalForm } from "@/domain/text.ts";
import type { Book } from "./book.ts";
import { hasTerm, type Term } from "./search_term.ts";
import { seriesOf } from "./series.ts";

/** What completes a typed text. A title comes with its book, and the first author where it has one. */
export type Suggestion =
  | { kind: "title"; text: string; book: string; author?: string }
  | { kind: "author" | "series" | "query"; text: string };

/**
 * What completes the terms, from the books that match them, best first: an author or a series whose name has all the terms, else the
 * title of the book. Each text once.
 */
export function suggestionsOf(terms: Term[], books: Book[], most: number): Suggestion[] {
  const found = new Map<string, Suggestion>();
  const add = (suggestion: Suggestion) => {
    const { kind, text } = suggestion;
    const key = `${kind} ${normalForm(text)}`;
    if (!found.has(key)) found.set(key, suggestion);
  };
  for (const book of books) {
    if (found.size >= most) break;
    const { id, title, authors } = book;
    const { bare } = readTitle(title);
    const series = seriesOf(book)?.name ?? "";
    const names = authors.filter((name) => hasAll(terms, name));
    for (const text of names) add({ kind: "author", text });
    const isSeries = series !== "" && hasAll(terms, series);
    if (isSeries) add({ kind: "series", text: series });
    if ((names.length > 0 || isSeries) && !hasAll(terms, bare)) continue;
    const [author] = authors;
    add({ kind: "title", text: bare, book: id, ...(author === undefined ? {} : { author }) });
  }
  return [...found.values()].slice(0, most);
}

/** Whether a text has a word for each term. */
function hasAll(terms: Term[], text: string): boolean {
  const { words, others } = readWords(text);
  return terms.every((term) => words.some((word) => hasTerm(term, word)) || others.some((word) => hasTerm(term, word)));
}
