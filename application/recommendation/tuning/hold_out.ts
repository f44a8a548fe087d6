import { type Interaction, type Taste, tastesOf } from "@/domain/recommendation/interaction.ts";

/** A reader, what they had chosen, and what they chose of what was held out. */
type Case = { reader: string; tastes: Taste[]; wanted: Map<string, number> };
/** What is known, by reader, and the readers of whom more was held out. */
export type HeldOut = { known: Map<string, Interaction[]>; cases: Case[] };
/** To choose settings by, and to judge what was chosen. */
type History = { isOrdered: boolean; choosing: HeldOut; judging: HeldOut };

/** One in so many acts is held out, without an order only of readers who have enough. */
const ONE_IN = 5;
const ENOUGH = 5;
/** The cases and their books that are judged: the effort of a setting. */
const MOST = { cases: 2_000, books: 50_000 };
const BOOKS_OF_ONE = 100;

/**
 * Holds the newest fifth of the acts out: half of its readers choose, the other half judges. Where the times say nothing of an order,
 * a fifth is drawn by a hash of reader and book to choose by, and another fifth to judge by.
 */
export function holdOut(rows: Interaction[]): History {
  if (!haveOrder(rows)) {
    return { isOrdered: false, choosing: sampleOf(byHash(rows, 0)), judging: sampleOf(byHash(rows, 1)) };
  }
  const { known, cases } = byTime(rows);
  const half = (odd: number) => sampleOf({ known, cases: cases.filter((_, at) => at % 2 === odd) });
  return { isOrdered: true, choosing: half(0), judging: half(1) };
}

/** Whether most readers of several books chose them at several times. */
function haveOrder(rows: Interaction[]): boolean {
  const readers = new Map<string, { first: Interaction; differ: boolean; several: boolean }>();
  for (const row of rows) {
    const seen = readers.get(row.reader);
    if (seen === undefined) readers.set(row.reader, { first: row, differ: false, several: false });
    else {
      seen.differ ||= row.time !== seen.first.time;
      seen.several ||= row.book !== seen.first.book;
    }
  }
  const several = [...readers.values()].filter((reader) => reader.several);
  return several.filter(({ differ }) => differ).length * 2 >= several.length;
}

function byTime(rows: Interaction[]): HeldOut {
  const times = Float64Array.from(rows, ({ time }) => time).sort();
  const since = times[Math.floor((1 - 1 / ONE_IN) * times.length)] ?? 0;
  return without(rows, ({ time }) => time >= since);
}

/** Of the fifths that the hash makes, the one with this number is held out. */
function byHash(rows: Interaction[], fifth: number): HeldOut {
  const counts = new Map<string, number>();
  for (const { reader } of rows) counts.set(reader, (counts.get(reader) ?? 0) + 1);
  return without(
    rows,
    ({ reader, book }) => counts.get(reader)! >= ENOUGH && hash(`${reader} ${book}`) % ONE_IN === fifth,
  );
}

function without(rows: Interaction[], isHeld: (row: Interaction) => boolean): HeldOut {
  const parts: { known: Interaction[]; held: Interaction[] } = { known: [], held: [] };
  for (const row of rows) parts[isHeld(row) ? "held" : "known"].push(row);
  const known = Map.groupBy(parts.known, ({ reader }) => reader);
  const cases = [...Map.groupBy(parts.held, ({ reader }) => reader)].flatMap(([reader, own]): Case[] => {
    const tastes = tastesOf(known.get(reader) ?? []);
    const before = new Set(tastes.map(({ book }) => book));
    const chosen = tastesOf(own).filter(({ book, weight }) => weight > 0 && !before.has(book));
    return chosen.length === 0 || tastes.length === 0
      ? []
      : [{ reader, tastes, wanted: new Map(chosen.map(({ book }) => [book, 1])) }];
  });
  return { known, cases };
}

/** So many of the cases, evenly, that neither they nor their books are too many. */
function sampleOf({ known, cases }: HeldOut): HeldOut {
  const books = cases.reduce((sum, { tastes }) => sum + Math.min(BOOKS_OF_ONE, tastes.length), 0);
  const step = Math.max(1, Math.ceil(cases.length / MOST.cases), Math.ceil(books / MOST.books));
  return { known, cases: cases.filter((_, at) => at % step === 0) };
}

/** FNV-1a over UTF-16 units, mixed by the finalizer of MurmurHash3, as its low bits alone are poor. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}
