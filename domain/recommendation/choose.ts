import { type BookFacts, namesOf } from "./likeness.ts";

/** So many books of one author or series may stand in a list before all others have had their turn. */
const MOST_OF_A_NAME = 3;

type Scored = { book: BookFacts; score: number };
/** `without`: works that are not listed. */
type Wanted = { limit: number; without: ReadonlySet<string> };

/**
 * The best `limit` books, ties by id: of each work one. Books beyond the third of an author or series are held back: they come
 * after all others, where there are not enough of those.
 */
export function chooseBest<Item extends Scored>(items: Item[], wanted: Wanted): Item[] {
  const { limit } = wanted;
  // Most items are far from the list, so only the best are sorted first.
  const enough = 4 * limit;
  if (items.length > enough) {
    const bar = Float64Array.from(items, ({ score }) => score).sort().at(-enough)!;
    const { chosen } = choose(items.filter(({ score }) => score >= bar).sort(byScore), wanted);
    if (chosen.length === limit) return chosen;
  }
  const { chosen, heldBack } = choose(items.sort(byScore), wanted);
  return [...chosen, ...heldBack.slice(0, limit - chosen.length)];
}

const byScore = (a: Scored, b: Scored): number => b.score - a.score || (a.book.id < b.book.id ? -1 : 1);

function choose<Item extends Scored>(
  sorted: Item[],
  { limit, without }: Wanted,
): Record<"chosen" | "heldBack", Item[]> {
  const works = new Set(without);
  const counts = new Map<string, number>();
  const chosen: Item[] = [];
  const heldBack: Item[] = [];
  for (const item of sorted) {
    if (chosen.length === limit) break;
    const { work } = item.book;
    if (work !== undefined && works.has(work)) continue;
    if (work !== undefined) works.add(work);
    const names = countedNames(item.book);
    if (names.some((name) => (counts.get(name) ?? 0) >= MOST_OF_A_NAME)) {
      heldBack.push(item);
      continue;
    }
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    chosen.push(item);
  }
  return { chosen, heldBack };
}

function countedNames(book: BookFacts): string[] {
  const { authors, series } = namesOf(book);
  const names = authors.map((author) => `author ${author}`);
  return series === undefined ? names : [...names, `series ${series}`];
}
