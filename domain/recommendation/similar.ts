import { chooseBest } from "./choose.ts";
import { type BookFacts, boost, likeness } from "./likeness.ts";
import type { Neighbour } from "./neighbours.ts";
import type { Reason } from "./reasons.ts";
import { type Recommendation, SHARE } from "./recommend.ts";

/**
 * Books like one book: those that its readers also chose, then those alike by author, series or subject. No other edition of it,
 * and of each work one.
 */
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
  const also: Reason = { kind: "readers_also", text: `Readers of ${own.title} also chose it`, book: own.id };
  for (const { book, similarity } of neighbours) {
    const its = facts.get(book);
    if (its === undefined || most <= 0) continue;
    const points = SHARE.together * similarity / most;
    const so = found.get(book);
    const reason = so !== undefined && so.score > points ? so.reason : also;
    found.set(book, { book: its, score: points + (so?.score ?? 0), reason });
  }
  const items = [...found.values()].map((item) => ({ ...item, score: Math.round(item.score * 1e6) / 1e6 }));
  const without = new Set(own.work === undefined ? [] : [own.work]);
  return chooseBest(items, { limit, without });
}
