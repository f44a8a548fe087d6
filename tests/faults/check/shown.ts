import { voteKey } from "@/domain/trend/vote.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import type { Event } from "./events.ts";
import { votesOfOne } from "./trend.ts";
import { type Violation, violation } from "./violation.ts";

/** What a reader was shown of the trends at a time (ms): votes by book. */
export type Look = { at: number; votes: Map<string, number> };

/** A version that is shown in the place of another may lack what came to the log in so long before the change (ms). */
const BEHIND = 10_000;

type Counted = { arrived: number; erased: boolean };

/**
 * Looks at the trends while versions change, one after the other. What was shown once is shown from then on, but for readers
 * who are erased and for what was quite new: then no version was shown that had not read the log. And nothing is counted twice,
 * as it would be where rows of two versions are seen together. Only `books` that are there all the time.
 */
export function checkShown(
  events: Event[],
  looks: Look[],
  books: string[],
): { violations: Violation[]; behind: number } {
  const votes = votesByBook(events);
  const less: string[] = [];
  const more: string[] = [];
  let behind = 0;
  for (const book of books) {
    const own = votes.get(book) ?? [];
    const erased = own.filter((vote) => vote.erased).length;
    let most = { votes: 0, at: 0 };
    for (const { at, votes } of looks) {
      const shown = votes.get(book) ?? 0;
      const known = own.filter(({ arrived }) => arrived <= at);
      if (shown > known.length) more.push(`${book}: ${shown} votes of ${known.length} at ${at}`);
      const missing = most.votes - shown - erased;
      if (missing > 0) {
        const before = own.filter(({ arrived, erased }) => arrived <= most.at && !erased);
        const late = most.at - (before.at(-missing)?.arrived ?? -Infinity);
        behind = Math.max(behind, late);
        if (late > BEHIND) less.push(`${book}: ${shown} votes at ${at}, but ${most.votes} at ${most.at}`);
      }
      if (shown > most.votes) most = { votes: shown, at };
    }
  }
  return {
    behind,
    violations: [
      ...violation("I10", "readers saw less than before: a version that had not read the log", less),
      ...violation("I10", "readers saw more than there was: a mixture", more),
    ],
  };
}

/** Each vote by its book, in the order of arrival, and whether its reader is erased sooner or later. */
function votesByBook(events: Event[]): Map<string, Counted[]> {
  const gone = new Set(
    events.filter(({ envelope }) => envelope.type === ACTIVITY.readerErased).map(({ envelope }) =>
      envelope.data.reader
    ),
  );
  const seen = new Set<string>();
  const found = new Map<string, Counted[]>();
  for (const { envelope: { type, id, data }, time, arrived } of events.toSorted((a, b) => a.arrived - b.arrived)) {
    for (const vote of votesOfOne(type, { reader: String(data.reader ?? id), time }, data)) {
      if (vote.subject !== "book" || seen.has(voteKey(vote))) continue;
      seen.add(voteKey(vote));
      const own = found.get(vote.key) ?? [];
      own.push({ arrived, erased: gone.has(data.reader) });
      found.set(vote.key, own);
    }
  }
  return found;
}
