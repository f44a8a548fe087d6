import { erasedReaders, type Event } from "../events.ts";
import type { Evidence, Sighting, Sightings } from "../evidence.ts";
import { isClients, voteName, votesOfOne } from "../model/votes.ts";
import { type Violation, violation } from "../violation.ts";

/** A version that is shown in the place of another may lack what came to the log in so long before the change. */
const BEHIND_MS = 10_000;

type Counted = { arrived: number; erased: boolean };
type Known = Pick<Evidence, "events" | "sightings">;

/**
 * Promise 6, I10, by readers who look while versions change one after the other. What was shown once is shown from then on, but
 * for readers who are erased and for what was quite new: then no version was shown that had not read the log. And nothing is
 * counted twice, as it would be where rows of two versions are seen together.
 */
export function checkShown({ events, sightings }: Known): Violation[] {
  if (sightings === undefined) return [];
  const { less, more } = comparedTo(events, sightings);
  return [
    ...violation(
      "I10",
      "readers saw less than before: a version that had not read the log",
      less.filter(({ lateMs }) => lateMs > BEHIND_MS).map(({ text }) => text),
    ),
    ...violation("I10", "readers saw more than there was: a mixture", more),
    ...violation("I10", "lists lost what readers also chose", sightings.lost),
  ];
}

/** How old what readers did not see any more was at most when it went. */
export const mostBehindMs = (events: Event[], sightings: Sightings): number =>
  Math.max(0, ...comparedTo(events, sightings).less.map(({ lateMs }) => lateMs));

type Compared = { less: { text: string; lateMs: number }[]; more: string[] };

function comparedTo(events: Event[], { trends, books }: Sightings): Compared {
  const votes = votesByBook(events);
  const all = books.map((book) => compareBook(book, votes.get(book) ?? [], trends));
  return { less: all.flatMap(({ less }) => less), more: all.flatMap(({ more }) => more) };
}

function compareBook(book: string, own: Counted[], sightings: Sighting[]): Compared {
  const found: Compared = { less: [], more: [] };
  const erased = own.filter((vote) => vote.erased).length;
  let most = { votes: 0, at: 0 };
  for (const { at, votes } of sightings) {
    const shown = votes.get(book) ?? 0;
    const known = own.filter(({ arrived }) => arrived <= at).length;
    if (shown > known) found.more.push(`${book}: ${shown} votes of ${known} at ${at}`);
    const missing = most.votes - shown - erased;
    if (missing > 0) {
      const before = own.filter(({ arrived, erased }) => arrived <= most.at && !erased);
      found.less.push({
        text: `${book}: ${shown} votes at ${at}, but ${most.votes} at ${most.at}`,
        lateMs: most.at - (before.at(-missing)?.arrived ?? -Infinity),
      });
    }
    if (shown > most.votes) most = { votes: shown, at };
  }
  return found;
}

/** Each vote by its book, in the order of arrival, and whether its reader is erased sooner or later. */
function votesByBook(events: Event[]): Map<string, Counted[]> {
  const gone = erasedReaders(events);
  const seen = new Set<string>();
  const found = new Map<string, Counted[]>();
  for (const event of events.toSorted((a, b) => a.arrived - b.arrived)) {
    for (const vote of votesOfOne(event)) {
      if (vote.subject !== "book" || seen.has(voteName(vote))) continue;
      seen.add(voteName(vote));
      const own = found.get(vote.key) ?? [];
      own.push({ arrived: event.arrived, erased: !isClients(event) && gone.has(event.envelope.data.reader) });
      found.set(vote.key, own);
    }
  }
  return found;
}
