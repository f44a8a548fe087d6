import { ndcg } from "@/domain/ndcg.ts";
import { ARRIVALS } from "@/domain/recommendation/arrivals.ts";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import type { IndexedNeighbours } from "@/domain/recommendation/parts.ts";
import { comparedOf, nearestOfEach, recentOf } from "@/domain/recommendation/recent.ts";
import { recommend } from "@/domain/recommendation/recommend.ts";
import type { Settings } from "@/domain/recommendation/settings.ts";
import { CoOccurrence } from "@/application/recommendation/engine/co_occurrence.ts";
import { IndexedBooks } from "@/application/recommendation/lists/indexed_books.ts";
import type { BookReader, NeighbourList } from "@/application/recommendation/ports.ts";
import { piecesOf } from "@/application/pieces.ts";
import type { HeldOut } from "./hold_out.ts";

const TOP = 20;
/** How many models are cached: the best one so far and the current one. */
const MODELS = 2;
const BOOKS_AT_ONCE = 500;

/** Judges settings by the NDCG@20 of each case's list, computed from what is known. Awaits `giveWay` between the steps. */
export function createJudge({ known, cases }: HeldOut, reader: BookReader, giveWay: () => Promise<void>) {
  const books = new IndexedBooks(reader);
  const models = new Map<string, CoOccurrence>();
  const numberOf = (id: string): number => books.index.numberOf(id);

  /** Reads the facts of all possible candidates. */
  async function readBooks(): Promise<void> {
    if (books.index.size > 0) return;
    const ids = new Set<string>();
    for (const rows of known.values()) for (const { book } of rows) ids.add(book);
    for (const some of piecesOf([...ids], BOOKS_AT_ONCE)) {
      await books.books(some);
      await giveWay();
    }
  }

  /** Returns a model for the settings. Only some of them need a new one. */
  async function modelOf(settings: Settings): Promise<CoOccurrence> {
    const key = [settings.g, settings.history, settings.fade].join();
    const model = models.get(key) ?? new CoOccurrence(settings);
    if (!models.has(key)) {
      if (models.size === MODELS) models.delete(models.keys().next().value!);
      for (const [reader, rows] of known) {
        model.set(reader, rows);
        await giveWay();
      }
    }
    models.delete(key);
    models.set(key, model);
    return model;
  }

  return async (settings: Settings): Promise<number[]> => {
    await readBooks();
    const model = await modelOf(settings);
    const lists = new Map<string, IndexedNeighbours>();
    const listOf = (book: string): IndexedNeighbours => {
      const made = lists.get(book) ?? numbered(model.list(book, settings), numberOf);
      lists.set(book, made);
      return made;
    };
    const lately = listOf(LATELY);
    const { books: arrivals } = listOf(ARRIVALS);
    const worths: number[] = [];
    for (const { tastes, wanted } of cases) {
      const recent = recentOf(tastes, settings);
      const neighbours = new Map<string, IndexedNeighbours>();
      for (const { taste: { book } } of recent) {
        neighbours.set(book, listOf(book));
        await giveWay();
      }
      const seen = await books.books(comparedOf(recent).map(({ taste }) => taste.book));
      const list = recommend({
        index: books.index,
        tastes,
        knownWorks: await books.works(tastes.map(({ book }) => book)),
        neighbours,
        nearest: nearestOfEach(recent, settings),
        lately,
        arrivals,
        searches: [],
        popular: [],
        alike: await books.alike(seen),
        settings,
        limit: TOP,
      });
      worths.push(ndcg(list.map(({ book }) => book.id), wanted));
      await giveWay();
    }
    return worths;
  };
}

const numbered = ({ readers, neighbours }: NeighbourList, numberOf: (id: string) => number): IndexedNeighbours => ({
  books: neighbours.map(({ book }) => numberOf(book)),
  similarities: neighbours.map(({ similarity }) => similarity),
  readers,
});
