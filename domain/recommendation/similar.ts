import { compareWith } from "./alike.ts";
import type { BookIndex, IndexedBook } from "./book_index.ts";
import { Candidates } from "./candidates.ts";
import { chooseBest, UNLISTED } from "./choose.ts";
import { likeness } from "./likeness.ts";
import type { IndexedNeighbours } from "./parts.ts";
import type { Reason } from "./reasons.ts";
import type { Recommendation } from "./recommend.ts";

/** The share of similar content relative to that of neighbours. */
const ALIKE = 0.6;

/** What a book's list is computed from. `alike`: books that share an author, series or subject, as index numbers. */
type SimilarInput = {
  index: BookIndex;
  own: IndexedBook;
  neighbours: IndexedNeighbours;
  alike: readonly (readonly number[])[];
  limit: number;
};

/**
 * Returns the books that are similar to one: its neighbours and books of the same author, series or subject. Lists one edition of
 * each work, and none of the book's own work.
 */
export function similarBooks({ index, own, neighbours, alike, limit }: SimilarInput): Recommendation[] {
  const { facts } = own;
  const compared = compareWith([{ book: facts.id, weight: ALIKE }], index);
  const candidates = new Candidates(index.size);
  candidates.add(neighbours.books);
  for (const books of alike) candidates.add(books);
  const most = neighbours.similarities[0] ?? 0;
  // Neighbours come first among the candidates.
  const near = (place: number) =>
    most > 0 && place < neighbours.books.length ? neighbours.similarities[place]! / most : 0;
  const points = (place: number) => compared.points(candidates.numberAt(place));
  const scores = Float64Array.from({ length: candidates.size }, (_, place) => {
    const score = near(place) + points(place);
    return score > 0 && index.packed.has(candidates.numberAt(place)) ? Math.round(score * 1e6) / 1e6 : UNLISTED;
  });
  const bookAt = (place: number) => index.book(candidates.numberAt(place))!;
  const without = new Set(facts.work === undefined ? [] : [facts.work]);
  return chooseBest({ scores, bookAt, limit, without }).map(({ book, place, score }) => ({
    book: book.facts,
    score,
    reason: points(place) > near(place) ? alikeReason(own, book) : readersAlso(own),
  }));
}

const readersAlso = ({ facts: { id, title } }: IndexedBook): Reason => ({
  kind: "readers_also",
  text: `Readers of ${title} also chose it`,
  book: id,
});

function alikeReason(own: IndexedBook, other: IndexedBook): Reason {
  const { by, what } = likeness(own.facts, other.facts)!;
  switch (by) {
    case "author":
      return { kind: "same_author", text: `Also by ${what}` };
    case "series":
      return { kind: "same_subject", text: `Also in the series ${what}` };
    case "subject":
      return { kind: "same_subject", text: `Also about ${what}` };
  }
}
