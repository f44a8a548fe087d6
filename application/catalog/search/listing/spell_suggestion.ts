import { normalForm } from "@/domain/text.ts";
import { ownSpellings } from "@/domain/catalog/spelling/own_spelling.ts";
import type { BookSearch, BookShelf } from "@/application/catalog/ports.ts";
import type { SearchAnswer } from "@/application/catalog/search/search_books.ts";

type Sources = { search: Pick<BookSearch, "candidates">; shelf: Pick<BookShelf, "byIds"> };

/** The books whose spelling is looked at: the first results, and the most popular ones with a word that these have not. */
const MAX_BOOKS = 10;

/** A suggestion, which search makes of words in normal form, as the titles and authors of books write it. */
export async function spellSuggestion({ search, shelf }: Sources, answer: SearchAnswer): Promise<SearchAnswer> {
  const { suggestion, ranked } = answer;
  if (suggestion === undefined) return answer;
  const textsOf = async (ids: string[]) =>
    (await shelf.byIds(ids)).flatMap(({ title, original_title = "", authors }) => [title, original_title, ...authors]);
  const words = suggestion.split(" ");
  const known = ownSpellings(words, await textsOf(ranked.slice(0, MAX_BOOKS).map(({ id }) => id)));
  for (const word of words) {
    if (known.has(word)) continue;
    const found = await search.candidates({ groups: [[word]], facets: [], most: MAX_BOOKS });
    const ids = found.sort((a, b) => b.popularity - a.popularity || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
    known.set(word, ownSpellings([word], await textsOf(ids)).get(word) ?? word);
  }
  const spelled = words.map((word) => known.get(word)!).join(" ");
  // What is suggested must be read as what was found.
  return normalForm(spelled) === normalForm(suggestion) ? { ...answer, suggestion: spelled } : answer;
}
