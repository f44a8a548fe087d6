import { defined } from "@/application/defined.ts";
import type { KeptOfReader } from "@/application/recommendation/messages.ts";
import type { InteractionReader } from "@/application/recommendation/ports.ts";

/** More searches than the store keeps of a reader. */
const MOST_SEARCHES = 10_000;

/** Returns all stored data about a reader, newest first, for the reader to see. */
export async function keptOfReader(
  { readers }: { readers: InteractionReader },
  reader: string,
): Promise<KeptOfReader> {
  const rows = await readers.interactions([reader]);
  const searches = await readers.searches(reader, MOST_SEARCHES);
  const dateOf = (time: number) => new Date(time).toISOString();
  return {
    acts: rows.sort((a, b) => b.time - a.time).map(({ book, kind, stars, time }) => ({
      book,
      kind,
      ...defined({ stars: kind === "rated" ? stars : undefined }),
      time: dateOf(time),
    })),
    searches: searches.map(({ query, books, time }) => ({ query, books, time: dateOf(time) })),
  };
}
