import { CATALOG } from "@/application/catalog/messages.ts";
import type { Call } from "../calls.ts";
import { type Event, isBook } from "../events.ts";
import type { Evidence, Look } from "../evidence.ts";
import { type Violation, violation } from "../violation.ts";

type Known = Pick<Evidence, "calls" | "events" | "looks">;
/** From this time on nobody may find an older version of the book. */
type Floor = { book: string; from: number; version: number };

/**
 * What a client sees of books, whichever process answers. I17: what one has seen no later look goes behind. I18: a change that was
 * answered with yes is seen by each look that begins after the answer; and nothing is seen that did not happen. I19: of changes
 * that name the same version one wins, and its version is the next one.
 */
export function checkReads({ calls, events, looks = [] }: Known): Violation[] {
  const removals = versionsOf(events.filter(({ envelope }) => envelope.type === CATALOG.bookRemoved));
  const told = versionsOf(events.filter(({ envelope }) => isBook(envelope.type)));
  const seen = looks.map((look): Floor => ({ book: look.book, from: look.told, version: look.version ?? 0 }));
  const answered = calls.flatMap(answeredFloor);
  const behind = (floors: Floor[]) => looksBehind(looks, floors, removals);
  return [
    ...violation("I17", "looks at a book that went back behind an earlier look", behind(seen)),
    ...violation("I18", "changes that were answered with yes and not seen at once", behind(answered)),
    ...violation(
      "I18",
      "versions that were seen and that no event tells",
      looks.filter(({ book, version }) => version !== undefined && !told.get(book)?.includes(version)).map(lookText),
    ),
    ...violation("I19", "changes of the same version of which more than one won", winners(calls)),
    ...violation(
      "I19",
      "changes that were answered with another version than the next one",
      calls.filter(({ state, wanted, answered }) =>
        state === "ok" && wanted !== undefined && answered !== undefined && answered !== wanted + 1
      ).map(({ id, wanted, answered }) => `${id}: of version ${wanted}, answered ${answered}`),
    ),
  ];
}

const lookText = ({ book, version, asked }: Look): string => `${book}: ${version ?? "gone"} at ${Math.round(asked)}`;

function versionsOf(events: Event[]): Map<string, number[]> {
  const books = Map.groupBy(events, ({ envelope }) => String(envelope.data.id));
  return new Map([...books].map(([book, own]) => [book, own.map(({ envelope }) => Number(envelope.data.version))]));
}

function answeredFloor({ did, state, told, wanted, answered }: Call): Floor[] {
  if (state !== "ok" || told === undefined || !("book" in did)) return [];
  const version = answered ?? (wanted === undefined ? undefined : wanted + 1);
  return version === undefined ? [] : [{ book: did.book, from: told, version }];
}

/** Looks that begin after a floor and find less. A book that is gone is at a version in which it was removed. */
function looksBehind(looks: Look[], floors: Floor[], removals: Map<string, number[]>): string[] {
  const byBook = Map.groupBy(floors.toSorted((a, b) => a.from - b.from), ({ book }) => book);
  const found: string[] = [];
  for (const [book, own] of Map.groupBy(looks, ({ book }) => book)) {
    const left = byBook.get(book) ?? [];
    let next = 0;
    let least = 0;
    for (const look of own.toSorted((a, b) => a.asked - b.asked)) {
      for (; next < left.length && left[next]!.from < look.asked; next++) least = Math.max(least, left[next]!.version);
      const most = look.version ?? Math.max(0, ...removals.get(book) ?? []);
      if (most < least) found.push(`${lookText(look)}, after version ${least}`);
    }
  }
  return found;
}

function winners(calls: Call[]): string[] {
  const won = calls.filter(({ state, wanted, way, did }) =>
    state === "ok" && wanted !== undefined && way === "http" && "book" in did
  );
  const sameVersion = Map.groupBy(won, ({ did, wanted }) => `${"book" in did ? did.book : ""} version ${wanted}`);
  return [...sameVersion].filter(([, own]) => own.length > 1)
    .map(([name, own]) => `${name}: ${own.map(({ id }) => id).join(", ")}`);
}
