/** A shop that nobody has: books in clusters of taste, and readers of a few clusters each. The same one for a seed. */
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { projectRecommendations } from "@/application/recommendation/project_recommendations.ts";
import { createRandom, type Random } from "@/application/shared/random.ts";

export type ShopSize = { books: number; readers: number; acts: number };
type RecommendationEvent = Parameters<typeof projectRecommendations>[0][number];

const BOOKS_PER_CLUSTER = 100;
const BOOKS_PER_AUTHOR = 4;
const SUBJECTS = 60;
/** Of a reader's acts so many are about any book, the rest about books of the reader's clusters. */
const ELSEWHERE = 0.2;
const FIRST_ACT = Date.UTC(2026, 0, 1);
const BETWEEN_ACTS_MS = 60_000;

/** Ranks as frequent as words are (Zipf's law): the first comes twice as often as the second. */
const rank = (count: number, random: Random): number => Math.floor(Math.exp(random.next() * Math.log(count + 1)) - 1);

const bookId = (at: number): string => `book-${at}`;
export const readerId = (at: number): string => `reader-${at}`;

export function* booksOf({ books }: ShopSize, seed = 1): Generator<RecommendationEvent> {
  const random = createRandom(seed).fork("books");
  for (let at = 0; at < books; at++) {
    const cluster = Math.floor(at / BOOKS_PER_CLUSTER);
    const data = {
      id: bookId(at),
      title: `Book ${at}`,
      authors: [`Author ${Math.floor(at / BOOKS_PER_AUTHOR)}`],
      subjects: [`cluster ${cluster}`, ...[1, 2, 3].map(() => `subject ${random.int(1, SUBJECTS)}`)],
      popularity: random.int(0, 10_000),
      version: 1,
      work: `work ${at}`,
    };
    yield { type: CATALOG.bookAdded, id: `added ${at}`, time: 0, data };
  }
}

type ShelvedEvent = Extract<RecommendationEvent, { type: typeof ACTIVITY.bookShelved }>;

/** What readers do, in the order of time: each act by a reader that chance draws. */
export function* actsOf({ books, readers, acts }: ShopSize, seed = 1): Generator<ShelvedEvent> {
  const random = createRandom(seed).fork("acts");
  const clusters = Math.ceil(books / BOOKS_PER_CLUSTER);
  for (let at = 0; at < acts; at++) {
    // Readers are as busy as books are popular, but each of them comes at least once.
    const reader = at < readers ? at : random.int(0, random.int(0, readers - 1));
    const cluster = (reader * 7 + random.int(0, 2) * 13) % clusters;
    const own = cluster * BOOKS_PER_CLUSTER + rank(BOOKS_PER_CLUSTER, random);
    const book = bookId(random.chance(ELSEWHERE) ? rank(books, random) : Math.min(books - 1, own));
    const data = { reader: readerId(reader), book, shelf: "read" as const };
    yield { type: ACTIVITY.bookShelved, id: `act ${at}`, time: FIRST_ACT + at * BETWEEN_ACTS_MS, data };
  }
}
