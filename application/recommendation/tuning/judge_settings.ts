import { ndcg } from "@/domain/ndcg.ts";
import { BookIndex } from "@/domain/recommendation/book_index.ts";
import type { BookFacts } from "@/domain/recommendation/likeness.ts";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import type { IndexedNeighbours } from "@/domain/recommendation/parts.ts";
import { nearestOfEach, recentOf } from "@/domain/recommendation/recent.ts";
import { recommend } from "@/domain/recommendation/recommend.ts";
import type { Settings } from "@/domain/recommendation/settings.ts";
import { CoOccurrence } from "@/application/recommendation/engine/co_occurrence.ts";
import type { HeldOut } from "./hold_out.ts";

const TOP = 20;
/** Models that are kept: the best one so far, and the one that is tried. */
const MODELS = 2;

/** Judges settings: NDCG@20 of each case's list by what is known. `giveWay` is awaited between the steps. */
export function createJudge({ known, cases }: HeldOut, giveWay: () => Promise<void>) {
  const index = new BookIndex();
  const models = new Map<string, CoOccurrence>();
  const numberOf = (id: string): number => {
    if (index.find(id) === undefined) index.put(bareFacts(id));
    return index.numberOf(id);
  };

  /** Only some settings need a model of their own. */
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
    const model = await modelOf(settings);
    const lists = new Map<string, IndexedNeighbours>();
    const listOf = (book: string): IndexedNeighbours => {
      const made = lists.get(book) ?? numbered(model.list(book, settings).neighbours, numberOf);
      lists.set(book, made);
      return made;
    };
    const lately = listOf(LATELY);
    const worths: number[] = [];
    for (const { tastes, wanted } of cases) {
      const recent = recentOf(tastes, settings);
      const neighbours = new Map<string, IndexedNeighbours>();
      for (const { taste: { book } } of recent) {
        neighbours.set(book, listOf(book));
        await giveWay();
      }
      const input = {
        index,
        tastes,
        neighbours,
        nearest: nearestOfEach(recent, settings),
        lately,
        settings,
        limit: TOP,
      };
      const list = recommend({ ...input, knownWorks: new Set(), searches: [], popular: [], alike: [] });
      worths.push(ndcg(list.map(({ book }) => book.id), wanted));
      await giveWay();
    }
    return worths;
  };
}

const numbered = (
  neighbours: { book: string; similarity: number }[],
  numberOf: (id: string) => number,
): IndexedNeighbours => ({
  books: neighbours.map(({ book }) => numberOf(book)),
  similarities: neighbours.map(({ similarity }) => similarity),
});

/** Facts by which no two books are alike: only what readers chose is judged. */
const bareFacts = (id: string): BookFacts => ({ id, title: "", authors: [], subjects: [], popularity: 0 });
