import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";
import type { SearchField, SearchQuery } from "@/domain/catalog/search/query/search_query.ts";

/** Whether a book lacks a quoted phrase, or has an excluded word. */
export function isLeftOut({ phrases, without }: SearchQuery, document: SearchDocument): boolean {
  if (phrases.length === 0 && without.length === 0) return false;
  return without.some(({ text, field }) => fieldsOf(document, field).some((words) => words.includes(text))) ||
    phrases.some(({ text, field }) =>
      !fieldsOf(document, field).some((words) => ` ${words.join(" ")} `.includes(` ${text} `))
    );
}

function fieldsOf(document: SearchDocument, field: SearchField | undefined): string[][] {
  const { words, seriesWords, others, authors, subjects, isbn13 } = document;
  const all = { title: [words, seriesWords, others], author: [authors], subject: [subjects], isbn: [[isbn13]] };
  return field === undefined ? Object.values(all).flat() : all[field];
}
