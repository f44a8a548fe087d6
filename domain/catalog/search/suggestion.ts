import { readTitle } from "@/domain/title.ts";
import { readWords } from "@/domain/words.ts";
import { normalForm } from "@/domain/text.ts";
import type { Book } from "@/domain/catalog/book.ts";
import { hasTerm, type Term } from "./search_term.ts";
import { seriesOf } from "@/domain/catalog/series.ts";

/** What completes a typed text. A title comes with its book, and the first author where it has one. */
export type Suggestion =
  | { kind: "title"; text: string; book: string; author?: string }
  | { kind: "author" | "series" | "query"; text: string };

/** What suggestions show of a book. */
export type SuggestedBook = Pick<Book, "id" | "title" | "authors" | "series" | "series_number">;

/**
 * What completes the terms, from the books that match them, best first: an author or a series whose name has all the terms, else the
 * title of the book. Titles by these authors and of these series come behind, where there is room. Each text once.
 */
export function suggestionsOf(terms: Term[], books: SuggestedBook[], most: number): Suggestion[] {
  const found = new Map<string, Suggestion>();
  /** Titles of books that only their author or series led to. */
  const behind: [key: string, suggestion: Suggestion][] = [];
  const add = (text: string, suggestion: Suggestion) => {
    const key = `${suggestion.kind} ${text}`;
    if (!found.has(key)) found.set(key, suggestion);
  };
  for (const book of books) {
    if (found.size >= most) break;
    const { title, series, authors } = textsOf(book);
    const names = authors.filter((name) => hasAll(terms, name));
    for (const { text, key } of names) add(key, { kind: "author", text });
    const isSeries = series !== undefined && hasAll(terms, series);
    if (isSeries) add(series.key, { kind: "series", text: series.text });
    const [author] = authors;
    const suggestion: Suggestion = {
      kind: "title",
      text: title.text,
      book: book.id,
      ...(author === undefined ? {} : { author: author.text }),
    };
    if ((names.length > 0 || isSeries) && !hasAll(terms, title)) behind.push([title.key, suggestion]);
    else add(title.key, suggestion);
  }
  for (const [key, suggestion] of behind) add(key, suggestion);
  return [...found.values()].slice(0, most);
}

/** A text with its normal form and every word that it has. */
type Text = { text: string; key: string; words: string[] };
type Texts = { title: Text; series: Text | undefined; authors: Text[] };

function textsOf(book: SuggestedBook): Texts {
  let texts = known.get(book);
  if (texts === undefined) {
    const series = seriesOf(book)?.name ?? "";
    texts = {
      title: readText(readTitle(book.title).bare),
      series: series === "" ? undefined : readText(series),
      authors: book.authors.map(readText),
    };
    known.set(book, texts);
  }
  return texts;
}
/** Texts of books, which never change: a popular book is suggested again and again. */
const known = new WeakMap<SuggestedBook, Texts>();

function readText(text: string): Text {
  const { words, others } = readWords(text);
  return { text, key: normalForm(text), words: [...words, ...others] };
}

/** Whether a text has a word for each term. */
const hasAll = (terms: Term[], { words }: Text): boolean =>
  terms.every((term) => words.some((word) => hasTerm(term, word)));
