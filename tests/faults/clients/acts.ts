import type { Act } from "@/tests/oracle/calls.ts";
import type { Random } from "@/application/shared/random.ts";

const TYPES = [
  "viewed",
  "viewed",
  "viewed",
  "shelved",
  "shelved",
  "rated",
  "dismissed",
  "cleared",
  "searched",
] as const;
const SHELVES = ["want", "reading", "read"] as const;
/** How far back acts lie: several hours, so that they fall into many buckets. */
const SPAN_MS = 3 * 3_600_000;

/** Draws acts about the books that are there. Their times are their own, so that what they count for is known. */
export function actsOf(random: Random, hot: number, readers: string[], books: string[]): () => Act {
  const end = Date.now();
  return () => {
    const type = random.pick(TYPES);
    const isHot = hot > 0 && random.chance(hot);
    const reader = isHot ? readers[0]! : random.pick(readers);
    const book = isHot ? books[0]! : random.pick(books);
    const time = new Date(end - random.int(0, SPAN_MS)).toISOString();
    const who = (type === "viewed" || type === "searched") && random.chance(0.2) ? {} : { reader };
    switch (type) {
      case "viewed":
        return { type, ...who, book, time };
      case "searched":
        return { type, ...who, query: `Book ${random.pick(["itself", "as of", book])}`, time };
      case "shelved":
        return { type, reader, book, shelf: random.pick(SHELVES), time };
      case "rated":
        return { type, reader, book, rating: random.int(1, 5), time };
      case "dismissed":
        return { type, reader, book, time };
      case "cleared":
        return { type, reader, book, time, ...random.pick([{}, { what: "shelf" }, { what: "rating" }] as const) };
    }
  };
}
