/** What readers do while a benchmark looks at what comes of it: views of a catalogue in which a few books are read much and most of them little. */
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createRandom } from "@/application/shared/random.ts";

export const BOOKS = 10_000;
export const READERS = 20_000;

/** How often the books up to each one are viewed: one of rank n is so once in n views of the first (Zipf's law). */
const upTo: number[] = [];
for (let rank = 1; rank <= BOOKS; rank++) upTo.push((upTo.at(-1) ?? 0) + 1 / rank);

/** Views by readers in turn from the `from`th on, as items of `POST /v1/events`; the books are the same in every run. */
export function acts(count: number, from = 0) {
  const random = createRandom(1 + from);
  return Array.from({ length: count }, (_, at) => ({
    id: ids.fresh(),
    type: "viewed" as const,
    reader: `r${(from + at) % READERS}`,
    book: String(rankAt(random.next() * upTo.at(-1)!)),
  }));
}

function rankAt(point: number): number {
  let [low, high] = [0, BOOKS - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (upTo[middle]! < point) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}
