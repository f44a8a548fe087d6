import { indexTokens, isbn13Of, normalForm, queryTokens } from "@/domain/text.ts";
import type { Book } from "./book.ts";

/** A book with the score that its rank comes from; only the order of scores means something. */
export type RankedBook = { book: Book; score: number };

const WEIGHTS = { title: 5, author: 3, subject: 1, other: 0.5 };
const EXACT_TITLE = 40;
const TITLE_START = 15;
/** Popularity decides between like matches, never against a better one: at most this many points. */
const MAX_BOOST = 4;

/**
 * Books that match a query, best first: weights by the field a word is in (a whole word above a prefix), exact title and
 * title start first, popularity as a bounded boost (`log10`), ties by id. The same list for every store.
 */
export function rankBooks(query: string, books: Book[]): RankedBook[] {
  const words = queryTokens(query);
  const wanted = normalForm(query);
  const isbn = isbn13Of(query);
  return books
    .map((book) => ({ book, score: score(book, words, wanted, isbn) }))
    .sort((a, b) => b.score - a.score || (a.book.id < b.book.id ? -1 : 1));
}

function score(book: Book, words: string[], wanted: string, isbn: string | undefined): number {
  if (isbn !== undefined && book.isbn13 === isbn) return 1000;
  const title = indexTokens(book.title);
  const author = once(() => book.authors.flatMap(indexTokens));
  const subject = once(() => book.subjects.flatMap(indexTokens));
  let total = 0;
  words.forEach((word, at) => {
    const last = at === words.length - 1;
    // A field is tokenized only if it could score higher than the one before.
    let best = WEIGHTS.title * match(title, word, last);
    if (best < WEIGHTS.author) best = Math.max(best, WEIGHTS.author * match(author(), word, last));
    if (best < WEIGHTS.subject) best = Math.max(best, WEIGHTS.subject * match(subject(), word, last));
    total += best > 0 ? best : WEIGHTS.other;
  });
  const normal = normalForm(book.title);
  if (normal === wanted || withoutSeries(book.title) === wanted) total += EXACT_TITLE;
  else if (normal.startsWith(`${wanted} `)) total += TITLE_START;
  return total + Math.min(MAX_BOOST, Math.log10(1 + book.popularity) * 0.6);
}

/** 1 for the word itself, less for a word that it begins, 0 where it is missing. */
function match(tokens: string[], word: string, prefix: boolean): number {
  if (tokens.includes(word)) return 1;
  return prefix && tokens.some((token) => token.startsWith(word)) ? 0.7 : 0;
}

/** Computes a value at its first use. */
function once<Value>(compute: () => Value): () => Value {
  let computed: { value: Value } | undefined;
  return () => (computed ??= { value: compute() }).value;
}

/** `Dune (Dune, #1)` → `dune`: catalogues write the series behind the title. */
const withoutSeries = (title: string): string => normalForm(title.replace(/\s*\([^()]*\)\s*$/, ""));
