import { ARRIVALS } from "@/domain/recommendation/arrivals.ts";
import { tastesOf } from "@/domain/recommendation/interaction.ts";
import { comparedOf, nearestOfEach, recentOf } from "@/domain/recommendation/recent.ts";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import { recommend, type Recommendation } from "@/domain/recommendation/recommend.ts";
import type { ListSettings } from "@/domain/recommendation/settings.ts";
import { similarBooks } from "@/domain/recommendation/similar.ts";
import { IndexedBooks } from "./indexed_books.ts";
import type { BookReader, InteractionReader } from "@/application/recommendation/ports.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";

/** `books`: the store, or a cache of it. */
type Sources = { readers: InteractionReader; books: BookReader | IndexedBooks; settings: ListSettings };

const SEARCHES = 10;
/** How many popular books are candidates at first. */
const POPULAR = 150;

/** Computes a reader's list. An unknown reader gets popular books. */
export async function recommendBooks(
  { readers, books: stored, settings }: Sources,
  reader: string,
  limit: number,
): Promise<RecommendationItem[]> {
  const books = indexed(stored);
  const tastes = tastesOf(await readers.interactions([reader]));
  const searches = await readers.searches(reader, SEARCHES);
  const recent = recentOf(tastes, settings);
  const own = recent.map(({ taste }) => taste.book);
  const nearest = nearestOfEach(recent, settings);
  const neighbours = await books.neighbours(own, nearest);
  const lately = await books.allNeighbours(LATELY);
  const { books: arrivals } = await books.allNeighbours(ARRIVALS);
  await books.books([...own, ...searches.flatMap((search) => search.books)]);
  const seen = await books.books(comparedOf(recent).map(({ taste }) => taste.book));
  const alike = await books.alike(seen);
  const knownWorks = await books.works(tastes.map((taste) => taste.book));
  const input = {
    index: books.index,
    tastes,
    knownWorks,
    neighbours,
    nearest,
    lately,
    arrivals,
    searches,
    alike,
    settings,
    limit,
  };
  for (let most = POPULAR;; most *= 4) {
    const popular = await books.popular(most);
    const list = recommend({ ...input, popular });
    // The reader may know all of these popular books, so more are read.
    if (list.length === limit || popular.length < most) return list.map(item);
  }
}

/** Returns the books that are similar to one, or undefined if the book is unknown. */
export async function listSimilar(
  { books: stored }: Pick<Sources, "books">,
  id: string,
  limit: number,
): Promise<RecommendationItem[] | undefined> {
  const books = indexed(stored);
  const [own] = await books.books([id]);
  if (own === undefined) return undefined;
  const neighbours = await books.allNeighbours(id);
  const alike = await books.alike([own]);
  return similarBooks({ index: books.index, own, neighbours, alike, limit }).map(item);
}

const indexed = (books: BookReader | IndexedBooks): IndexedBooks =>
  books instanceof IndexedBooks ? books : new IndexedBooks(books);

const item = ({ book: { id, title, authors }, score, reason }: Recommendation): RecommendationItem => ({
  book: { id, title, authors },
  score,
  reason,
});
