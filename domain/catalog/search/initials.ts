import { FIELD_END, type SearchDocument } from "./search_document.ts";
import { type Place, placeOfName, PREFIX, type Term } from "./search_term.ts";

/** The maximum number of letters in a word of initials. */
const MAX_INITIALS = 3;
const LETTERS = /^\p{L}+$/u;

/** Whether a word may be initials: `f`, `jrr`. */
export const mayBeInitials = (word: string): boolean => word.length <= MAX_INITIALS && LETTERS.test(word);

/**
 * The place of a term that is the initials of an author's given names beside the family name: `F. Herbert`, `Tolkien, JRR`.
 * Undefined when the term is not initials, or when the book has the word itself.
 */
export function placeOfInitials(
  terms: Term[],
  at: number,
  document: SearchDocument,
  found: Place,
): Place | undefined {
  const isInitials = ({ initials, field }: Term) =>
    initials !== undefined && (field === undefined || field === "author");
  if (found.fit > PREFIX || !isInitials(terms[at]!)) return undefined;
  const first = terms.findLastIndex((term, place) => place < at && !isInitials(term)) + 1;
  const next = terms.findIndex((term, place) => place > at && !isInitials(term));
  const end = next < 0 ? terms.length : next;
  const letters = terms.slice(first, end).map(({ initials }) => initials).join("");
  for (const name of [end, first - 1]) {
    const family = familyNames(terms[name], document).find((at) => startsGivenNames(letters, document.authors, at));
    if (family !== undefined) {
      return { points: GIVEN_POINTS, fit: FIT, field: "author", at: family + at - name, family: false };
    }
  }
  return undefined;
}

/** The positions of a term among the words of the authors' names: the best match, then all whole-word matches. */
function familyNames(term: Term | undefined, document: SearchDocument): number[] {
  if (term === undefined) return [];
  const best = placeOfName(term, document).at;
  const others = document.authors.flatMap((name, at) => (term.tokens.get(name) ?? 0) > PREFIX ? [at] : []);
  return best < 0 ? [] : [best, ...others];
}

/** The same points as for a given name. */
const GIVEN_POINTS = 2;
const FIT = 0.95;

/** Whether the letters are the initials of the given names before a family name. Adjacent initials are one word in the index. */
function startsGivenNames(letters: string, authors: string[], family: number): boolean {
  const start = authors.lastIndexOf(FIELD_END, family) + 1;
  let left = letters;
  for (const name of authors.slice(start, family)) {
    if (left === "") break;
    if (left.startsWith(name)) left = left.slice(name.length);
    else if (mayBeInitials(name) && name.startsWith(left)) left = "";
    else if (name[0] === left[0]) left = left.slice(1);
    else return false;
  }
  return left === "" && family > start;
}
