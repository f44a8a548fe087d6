import { type Alike, compareWith } from "./alike.ts";
import { Candidates } from "./candidates.ts";
import { chooseBest, UNLISTED } from "./choose.ts";
import type { Taste } from "./interaction.ts";
import type { BookFacts } from "./likeness.ts";
import { blend, type Parts, scoreAt, searchPoint, type Sources } from "./parts.ts";
import { becauseYou, becauseYouSearched, CHOSEN_LATELY, POPULAR, type Reason } from "./reasons.ts";
import { comparedOf, type Recent, recentOf } from "./recent.ts";

export type Recommendation = { book: BookFacts; score: number; reason: Reason };

/** What a reader's list is computed from. */
type RecommendInput = Sources & {
  tastes: Taste[];
  /** The works of the reader's books, whose other editions are not listed. */
  knownWorks: ReadonlySet<string>;
  /** Books that share an author, series or subject with the reader's books. */
  alike: readonly (readonly number[])[];
  limit: number;
};

/**
 * Returns a reader's list, best first. Candidates are neighbours of their newest books, weighted by recency and by act; books of
 * the same authors, series or subjects; the first results of their searches; what is chosen lately; and popular books. See `blend`
 * for the score. Works that the reader knows or dismissed are left out. The reason of a book is the act or search that gave the
 * largest part of its score.
 */
export function recommend(input: RecommendInput): Recommendation[] {
  const { index, tastes, knownWorks, limit } = input;
  const recent = recentOf(tastes, input.settings);
  const compared = compareWith(comparedOf(recent).map(({ taste: { book }, weight }) => ({ book, weight })), index);
  const { candidates, named } = gather(recent, input);
  const parts = blend({ ...input, recent, compared, candidates });
  const scores = new Float64Array(candidates.size);
  for (let place = 0; place < scores.length; place++) {
    const isListed = index.packed.has(candidates.numberAt(place)) &&
      (place < named || parts.alike.points[place]! > 0);
    scores[place] = isListed ? scoreAt(place, parts) : UNLISTED;
  }
  for (const { book } of tastes) {
    const number = index.find(book);
    // Writing at -1 (no candidate) changes nothing in a typed array.
    if (number !== undefined) scores[candidates.placeOf(number)] = UNLISTED;
  }
  const bookAt = (place: number) => index.book(candidates.numberAt(place))!;
  return chooseBest({ scores, bookAt, limit, without: knownWorks }).map(({ book, place, score }) => ({
    book: book.facts,
    score,
    reason: reasonOf({ place, number: book.number, id: book.facts.id }, { ...input, recent, compared, parts }),
  }));
}

/** Collects the candidates. The first `named` of them may be listed even if they share nothing with the reader's books. */
function gather(
  recent: Recent[],
  { index, neighbours, nearest, lately, searches, popular, alike }: RecommendInput,
): { candidates: Candidates; named: number } {
  const candidates = new Candidates(index.size);
  const addIds = (ids: string[]) => candidates.add(ids.flatMap((id) => index.find(id) ?? []));
  for (const { taste } of recent) candidates.add(neighbours.get(taste.book)?.books ?? [], nearest);
  for (const { books } of searches) addIds(books);
  candidates.add(lately.books);
  candidates.add(popular);
  const named = candidates.size;
  for (const books of alike) candidates.add(books);
  addIds(recent.map(({ taste }) => taste.book));
  return { candidates, named };
}

type Grounds = Sources & { recent: Recent[]; compared: Alike; parts: Parts };

/** Returns what gave the largest part of a book's score: an act (all its parts together), a search, or popularity, recent or total. */
function reasonOf(
  { place, number, id }: { place: number; number: number; id: string },
  { index, recent, compared, parts, neighbours, nearest, searches }: Grounds,
): Reason {
  const degrees = compared.degrees(number);
  const boost = index.packed.boosts[number]!;
  const isNear = parts.together.points[place]! > 0;
  const popular = parts.popular.worth * parts.popular.points[place]!;
  const lately = parts.lately.worth * parts.lately.points[place]!;
  let most = popular + lately;
  let reason: () => Reason = () => lately > popular ? CHOSEN_LATELY : POPULAR;
  recent.forEach(({ taste, weight }, at) => {
    const its = isNear ? neighbours.get(taste.book) : undefined;
    const rank = its?.books.indexOf(number) ?? -1;
    const near = rank >= 0 && rank < nearest ? its!.similarities[rank]! : 0;
    const points = weight * (parts.together.worth * near + parts.alike.worth * ((degrees[at] ?? 0) * boost));
    if (points > most) [most, reason] = [points, () => becauseYou(taste, index.bookOf(taste.book)?.facts.title)];
  });
  searches.forEach((search, at) => {
    const position = search.books.indexOf(id);
    const points = position < 0 ? 0 : parts.searched.worth * searchPoint(at, position);
    if (points > most) [most, reason] = [points, () => becauseYouSearched(search)];
  });
  return reason();
}
