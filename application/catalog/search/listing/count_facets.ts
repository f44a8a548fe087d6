import { type Facet, facet, FACET_KINDS } from "@/domain/catalog/found_by.ts";
import type { Book } from "@/domain/catalog/book.ts";
import type { BookShelf, FacetCount } from "@/application/catalog/ports.ts";
import type { Matches } from "./match_books.ts";

/** A number of books, or a lower bound of it when it is not exact. */
export type Total = { count: number; exact: boolean };
/** The largest exact count of books. */
export const MAX_COUNTED = 1_000;

/** A value of a facet. `value`: for the request; `label`: to show. */
type FacetValue = Total & { value: string; label: string; selected: boolean };
export type FacetList = { kind: (typeof FACET_KINDS)[number]; values: FacetValue[] };

const MAX_VALUES = 10;

/** A number of books as users see it: exact up to MAX_COUNTED. */
export const totalOf = (count: number, complete: boolean): Total =>
  count > MAX_COUNTED ? { count: MAX_COUNTED, exact: false } : { count, exact: complete };

/** Counts the facet values of the matches, by kind: the MAX_VALUES most frequent ones, then other selected ones. */
export async function countFacets(
  shelf: Pick<BookShelf, "facetCounts" | "byIds">,
  { ids, complete }: Matches,
  selected: Facet[],
): Promise<FacetList[]> {
  const counts = await shelf.facetCounts(ids);
  const isSelected = ({ kind, value }: Facet) => selected.some((one) => one.kind === kind && one.value === value);
  const byKind = Map.groupBy(counts, ({ kind }) => kind);
  const shown = FACET_KINDS.map((kind) => {
    const own = byKind.get(kind) ?? [];
    const first = mostFrequent(own);
    const others = own.filter((one) => isSelected(one) && !first.includes(one)).sort(byCount);
    const none = selected.filter((one) => one.kind === kind && !own.some(({ value }) => value === one.value));
    return { kind, first: [...first, ...others, ...none.map((one): FacetCount => ({ ...one, count: 0, book: "" }))] };
  });
  const samples = await shelf.byIds([...new Set(shown.flatMap(({ first }) => first.map(({ book }) => book)))]);
  const books = new Map(samples.map((book) => [book.id, book]));
  return shown.map(({ kind, first }) => ({
    kind,
    values: first.map((one) => ({
      value: one.value,
      label: labelOf(one, books.get(one.book)),
      ...totalOf(one.count, complete),
      selected: isSelected(one),
    })),
  }));
}

/** The MAX_VALUES most frequent values. Inserts into a short list instead of sorting thousands of authors. */
function mostFrequent(counts: FacetCount[]): FacetCount[] {
  const first: FacetCount[] = [];
  for (const one of counts) {
    if (first.length === MAX_VALUES && byCount(one, first[MAX_VALUES - 1]!) > 0) continue;
    const at = first.findIndex((other) => byCount(one, other) < 0);
    first.splice(at < 0 ? first.length : at, 0, one);
    first.length = Math.min(first.length, MAX_VALUES);
  }
  return first;
}

const byCount = (a: FacetCount, b: FacetCount): number => b.count - a.count || (a.value < b.value ? -1 : 1);

/** The label of a facet value, as a book with it spells it. */
function labelOf({ kind, value }: Facet, book: Book | undefined): string {
  if (kind === "decade") return `${value}s`;
  return writtenIn(book, kind).find((text) => facet(kind, text).value === value) ?? value;
}

function writtenIn(book: Book | undefined, kind: Facet["kind"]): string[] {
  if (kind === "language") return book?.language === undefined ? [] : [book.language];
  return (kind === "author" ? book?.authors : book?.subjects) ?? [];
}
