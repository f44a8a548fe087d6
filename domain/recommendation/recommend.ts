import type { ReaderSearch, Taste } from "./interaction.ts";
import { type BookFacts, likeness } from "./likeness.ts";
import type { Neighbour } from "./neighbours.ts";

type ReasonKind =
  | "because_you"
  | "because_you_searched"
  | "readers_also"
  | "same_author"
  | "same_subject"
  | "popular";
/** Why a book is shown; `book` is the id of the book that it is due to, where there is one. */
type Reason = { kind: ReasonKind; text: string; book?: string };
export type Recommendation = { book: BookFacts; score: number; reason: Reason };

/** What a reader's list is made of. `candidates` are the facts of every book that may be listed or named in a reason. */
type RecommendInput = {
  tastes: Taste[];
  neighbours: Map<string, Neighbour[]>;
  searches: ReaderSearch[];
  popular: { book: string; readers: number }[];
  facts: Map<string, BookFacts>;
  limit: number;
};

/** Newest steps that a list is drawn from, their books at most, and what is left of the weight from one to the next. */
const STEPS = 20;
const MOST_BOOKS = 100;
const DECAY = 0.9;
/** Neighbours that a list is drawn from. The more books they are shared by, the more of them would only be popular. */
const MOST_NEIGHBOURS = 400;
/** Books that others are compared with by their facts. */
const COMPARED = 20;
const SHARE = { together: 1, alike: 0.6, searched: 0.4, popular: 0.1 };
const DONE: Record<Taste["kind"], string> = {
  viewed: "looked at",
  want: "want to read",
  reading: "are reading",
  read: "read",
  rated: "rated",
  dismissed: "",
  cleared: "",
};

/** A book of a reader and how much it counts in a list. */
type Recent = { taste: Taste; weight: number };

/**
 * The books that a list is drawn from, newest first. Acts of one time are one step and weigh alike (a history that was imported
 * may have no other order): `0.9^step`, times how much the act says.
 */
export function recentOf(tastes: Taste[]): Recent[] {
  const recent: Recent[] = [];
  let step = -1;
  let time: number | undefined;
  for (const taste of tastes.filter(({ weight }) => weight > 0)) {
    if (taste.time !== time) step++;
    time = taste.time;
    if (step === STEPS || recent.length === MOST_BOOKS) break;
    recent.push({ taste, weight: DECAY ** step * taste.weight });
  }
  return recent;
}

/** So many of its nearest neighbours count for each of these books. */
export const nearestOfEach = (recent: Recent[]): number => Math.ceil(MOST_NEIGHBOURS / Math.max(1, recent.length));

/** Of these the ids of the books that others are compared with. */
export const comparedOf = (recent: Recent[]): string[] => recent.slice(0, COMPARED).map(({ taste }) => taste.book);

type Term = { points: number; reason: Reason };
type Terms = Map<string, Term>;

/**
 * A reader's list: neighbours of their newest books, weighted by recency and by how much the act says; books
 * that are alike by author, series or subject; first results of their searches; popular ones. Each part is scaled to its
 * own maximum. Without what the reader knows or dismissed; the largest part of a book's score is its reason.
 */
export function recommend(input: RecommendInput): Recommendation[] {
  const known = new Set(input.tastes.map((taste) => taste.book));
  const recent = recentOf(input.tastes);
  const parts: [Terms, number][] = [
    [together(recent, input), SHARE.together],
    [alike(recent, input), SHARE.alike],
    [searched(input.searches), SHARE.searched],
    [popular(input.popular), SHARE.popular],
  ];
  const best = new Map<string, { score: number; term: Term; share: number }>();
  for (const [terms, share] of parts) {
    const most = Math.max(...[...terms.values()].map((term) => term.points), 0);
    for (const [book, term] of terms) {
      if (known.has(book) || !input.facts.has(book) || most <= 0) continue;
      const points = share * term.points / most;
      const so = best.get(book);
      const larger = so === undefined || points > so.share;
      best.set(book, {
        score: (so?.score ?? 0) + points,
        term: larger ? term : so.term,
        share: larger ? points : so.share,
      });
    }
  }
  return [...best]
    .map(([book, { score, term }]) => ({
      book: input.facts.get(book)!,
      score: Math.round(score * 1e6) / 1e6,
      reason: term.reason,
    }))
    .sort((a, b) => b.score - a.score || (a.book.id < b.book.id ? -1 : 1))
    .slice(0, input.limit);
}

function together(recent: Recent[], { neighbours, facts }: RecommendInput): Terms {
  const terms = new Sum();
  for (const { taste, weight } of recent) {
    for (const { book, similarity } of neighbours.get(taste.book) ?? []) {
      terms.add(book, weight * similarity, () => becauseYou(taste, facts));
    }
  }
  return terms.terms;
}

function alike(recent: Recent[], { facts }: RecommendInput): Terms {
  const terms = new Sum();
  for (const { taste, weight } of recent.slice(0, COMPARED)) {
    const own = facts.get(taste.book);
    if (own === undefined) continue;
    for (const other of facts.values()) {
      const alike = other.id === own.id ? undefined : likeness(own, other);
      if (alike !== undefined) {
        terms.add(other.id, weight * alike.degree * boost(other), () => becauseYou(taste, facts));
      }
    }
  }
  return terms.terms;
}

function searched(searches: ReaderSearch[]): Terms {
  const terms = new Sum();
  searches.forEach(({ query, books }, at) =>
    books.forEach((book, position) =>
      terms.add(
        book,
        DECAY ** at / (position + 1),
        () => ({ kind: "because_you_searched", text: `Because you searched “${query}”` }),
      )
    )
  );
  return terms.terms;
}

function popular(books: RecommendInput["popular"]): Terms {
  const terms = new Sum();
  books.forEach(({ book }, at) =>
    terms.add(book, 1 / (at + 10), () => ({ kind: "popular", text: "Popular with readers" }))
  );
  return terms.terms;
}

/** Adds up points per book and keeps the reason of the largest part. */
class Sum {
  readonly terms: Terms = new Map();
  readonly #largest = new Map<string, number>();

  add(book: string, points: number, reason: () => Reason): void {
    const term = this.terms.get(book);
    if (term === undefined || points > (this.#largest.get(book) ?? 0)) {
      this.#largest.set(book, points);
      this.terms.set(book, { points: (term?.points ?? 0) + points, reason: reason() });
    } else term.points += points;
  }
}

function becauseYou(taste: Taste, facts: Map<string, BookFacts>): Reason {
  const title = facts.get(taste.book)?.title;
  return {
    kind: "because_you",
    text: title === undefined ? "Because of your books" : `Because you ${DONE[taste.kind]} ${title}`,
    book: taste.book,
  };
}

/** Among books that are equally alike the better known one comes first. */
const boost = (book: BookFacts): number => 1 + Math.log10(1 + book.popularity) / 20;

/** Books like one book: those that its readers also chose, then those alike by author, series or subject. */
export function similarBooks(
  own: BookFacts,
  neighbours: Neighbour[],
  facts: Map<string, BookFacts>,
  limit: number,
): Recommendation[] {
  const found = new Map<string, Recommendation>();
  for (const other of facts.values()) {
    const alike = other.id === own.id ? undefined : likeness(own, other);
    if (alike === undefined) continue;
    const reason: Reason = alike.by === "author" ? { kind: "same_author", text: `Also by ${alike.what}` } : {
      kind: "same_subject",
      text: alike.by === "series" ? `Also in the series ${alike.what}` : `Also about ${alike.what}`,
    };
    found.set(other.id, { book: other, score: SHARE.alike * alike.degree * boost(other), reason });
  }
  const most = neighbours[0]?.similarity ?? 0;
  for (const { book, similarity } of neighbours) {
    const facts1 = facts.get(book);
    if (facts1 === undefined || most <= 0) continue;
    const points = SHARE.together * similarity / most;
    const so = found.get(book);
    const reason: Reason = { kind: "readers_also", text: `Readers of ${own.title} also chose it`, book: own.id };
    found.set(book, {
      book: facts1,
      score: points + (so?.score ?? 0),
      reason: so !== undefined && so.score > points ? so.reason : reason,
    });
  }
  return [...found.values()]
    .map((item) => ({ ...item, score: Math.round(item.score * 1e6) / 1e6 }))
    .sort((a, b) => b.score - a.score || (a.book.id < b.book.id ? -1 : 1))
    .slice(0, limit);
}
