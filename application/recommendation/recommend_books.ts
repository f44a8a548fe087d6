import { tastesOf } from "@/domain/recommendation/interaction.ts";
import { type BookFacts, featuresOf } from "@/domain/recommendation/likeness.ts";
import { comparedOf, nearestOfEach, recentOf } from "@/domain/recommendation/recent.ts";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import { recommend, type Recommendation } from "@/domain/recommendation/recommend.ts";
import type { ListSettings } from "@/domain/recommendation/settings.ts";
import { similarBooks } from "@/domain/recommendation/similar.ts";
import type { BookReader, InteractionReader } from "./ports.ts";
import type { RecommendationItem } from "./messages.ts";

type Sources = { readers: InteractionReader; books: BookReader; settings: ListSettings };

const SEARCHES = 10;
/** Candidates per feature, and popular ones. */
const PER_FEATURE = 30;
const POPULAR = 150;

/** A reader's list, computed on request. An unknown reader gets popular books. */
export async function recommendBooks(
  { readers, books, settings }: Sources,
  reader: string,
  limit: number,
): Promise<RecommendationItem[]> {
  const tastes = tastesOf(await readers.interactions([reader]));
  const recent = recentOf(tastes, settings);
  const own = recent.map(({ taste }) => taste.book);
  const searches = await readers.searches(reader, SEARCHES);
  const stored = await books.neighbours([...own, LATELY]);
  const [[all], lists] = [stored.filter(({ book }) => book === LATELY), stored.filter(({ book }) => book !== LATELY)];
  const lately = all?.neighbours ?? [];
  const nearest = nearestOfEach(recent);
  const neighbours = new Map(lists.map((list) => [list.book, list.neighbours.slice(0, nearest)]));
  const seen = await books.facts(comparedOf(recent).map(({ taste }) => taste.book));
  const alike = await books.withFeatures([...new Set(seen.flatMap(featuresOf))], PER_FEATURE);
  const works = await books.works(tastes.map((taste) => taste.book));
  const knownWorks = new Set(works.map(({ work }) => work));
  const near = [...neighbours.values(), lately].flat().map((neighbour) => neighbour.book);
  const ids = [...own, ...near, ...[...alike.values()].flat(), ...searches.flatMap((search) => search.books)];
  for (let most = POPULAR;; most *= 4) {
    const popular = await books.popular(most);
    const facts = await factsOf(books, new Set([...ids, ...popular.map(({ book }) => book)]));
    const list = recommend({ tastes, knownWorks, neighbours, lately, searches, popular, facts, limit, settings });
    // The reader may know all of these popular books: then more are asked for.
    if (list.length === limit || popular.length < most) return list.map(item);
  }
}

/** Books like one book, or undefined when the book is unknown. */
export async function listSimilar(
  { books }: Pick<Sources, "books">,
  id: string,
  limit: number,
): Promise<RecommendationItem[] | undefined> {
  const [own] = await books.facts([id]);
  if (own === undefined) return undefined;
  const [list] = await books.neighbours([id]);
  const alike = await books.withFeatures(featuresOf(own), PER_FEATURE);
  const neighbours = list?.neighbours ?? [];
  const facts = await factsOf(
    books,
    new Set([...[...alike.values()].flat(), ...neighbours.map((neighbour) => neighbour.book)]),
  );
  return similarBooks(own, neighbours, facts, limit).map(item);
}

const factsOf = async (books: BookReader, ids: Set<string>): Promise<Map<string, BookFacts>> =>
  new Map((await books.facts([...ids])).map((facts) => [facts.id, facts]));

const item = ({ book: { id, title, authors }, score, reason }: Recommendation): RecommendationItem => ({
  book: { id, title, authors },
  score,
  reason,
});
