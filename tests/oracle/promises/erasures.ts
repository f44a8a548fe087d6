import { erasedReaders } from "../events.ts";
import type { Evidence } from "../evidence.ts";
import { type Violation, violation } from "../violation.ts";

type Known = Pick<Evidence, "events" | "had" | "state">;

/**
 * Promises 2 and 3, I2: an erasure never waits and nothing late undoes it. Once its event had its effect, no store has a row of
 * the reader.
 */
export function checkErasures({ events, had, state: { web, trend, recommendation } }: Known): Violation[] {
  const left = (table: string, rows: { reader: string }[], of: Evidence["events"]) => {
    const erased = erasedReaders(of);
    return rows.filter(({ reader }) => erased.has(reader)).map(({ reader }) => `${table}: ${reader}`);
  };
  return violation("I2", "rows of erased readers", [
    ...left("reader_book", web.readerBooks, events),
    ...left("vote", trend.votes, had.trend),
    ...left("interaction", recommendation.interactions, had.recommendation),
  ]);
}
