import { type Interaction, type Taste, tastesOf } from "@/domain/recommendation/interaction.ts";

/** A reader, their known choices, and their held-out choices. */
type Case = { reader: string; tastes: Taste[]; wanted: Map<string, number> };
/** The known choices by reader, and the readers with held-out choices. */
export type HeldOut = { known: Map<string, Interaction[]>; cases: Case[] };
/** Two hold-outs: one to choose settings, the other to judge the chosen ones. */
type History = { isOrdered: boolean; choosing: HeldOut; judging: HeldOut };

/** One in five acts is held out. Without times, only of readers with at least that many. */
const ONE_IN = 5;
const ENOUGH = 5;
/** The most cases, and books of these cases, per setting. They bound its cost. */
const MOST = { cases: 2_000, books: 50_000 };
const BOOKS_OF_ONE = 100;

/**
 * Holds out the newest fifth of the acts: one half of its readers is used to choose settings, the other half to judge them. Without
 * usable times, two fifths are drawn by a hash of reader and book instead: one to choose, one to judge.
 */
export function holdOut(rows: Interaction[]): History {
  if (!haveOrder(rows)) {
    return { isOrdered: false, choosing: sampleOf(byHash(rows, 0)), judging: sampleOf(byHash(rows, 1)) };
  }
  const { known, cases } = byTime(rows);
  const half = (odd: number) => sampleOf({ known, cases: cases.filter((_, at) => at % 2 === odd) });
  return { isOrdered: true, choosing: half(0), judging: half(1) };
}

/** Whether most readers of several books chose them at different times. */
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

/** Holds out the acts whose hash falls into this fifth. */
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

/** Samples the cases evenly within the limits `MOST`. */
function sampleOf({ known, cases }: HeldOut): HeldOut {
  const books = cases.reduce((sum, { tastes }) => sum + Math.min(BOOKS_OF_ONE, tastes.length), 0);
  const step = Math.max(1, Math.ceil(cases.length / MOST.cases), Math.ceil(books / MOST.books));
  return { known, cases: cases.filter((_, at) => at % step === 0) };
}

/** FNV-1a over UTF-16 code units, finished by the mixer of MurmurHash3, because the low bits of FNV-1a are poor. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}
