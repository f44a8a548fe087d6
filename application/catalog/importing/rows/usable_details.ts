import { type BookDetails, checkBook } from "@/domain/catalog/book.ts";
import type { Fault } from "@/domain/rejection.ts";

/** Fields without which there is no book. */
const NEEDED: unknown[] = ["id", "title"];
type List = "authors" | "subjects";

/**
 * Details without the optional fields and list items that break a rule, with a fault for each, and those for which there can be
 * no book.
 */
export function usableDetails(
  id: string,
  found: BookDetails,
): { details: BookDetails; left: Fault[]; broken: Fault[] } {
  const { tidied, faults } = checkBook(id, found);
  if (faults.length === 0) {
    return { details: { ...tidied, authors: found.authors, subjects: found.subjects }, left: [], broken: [] };
  }
  const broken = faults.filter(({ path }) => NEEDED.includes(path[0]));
  const left = faults.filter(({ path }) => !NEEDED.includes(path[0]));
  const isOut = (field: string, at?: number) => left.some(({ path }) => path[0] === field && path[1] === at);
  const items = (list: List) => isOut(list) ? [] : found[list].filter((_, at) => !isOut(list, at));
  const optional = Object.fromEntries(Object.entries(tidied).filter(([field]) => !isOut(field)));
  const popularity = isOut("popularity") ? 0 : tidied.popularity;
  return {
    details: { ...optional, title: tidied.title, popularity, authors: items("authors"), subjects: items("subjects") },
    left,
    broken,
  };
}
