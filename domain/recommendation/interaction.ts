/** The kinds of acts that relate a reader to a book. */
export const INTERACTIONS = [
  "viewed",
  "want",
  "reading",
  "read",
  "rated",
  "dismissed",
  "cleared",
  "unshelved",
  "unrated",
] as const;
export type InteractionKind = (typeof INTERACTIONS)[number];

/** One row per reader, book and kind of act, with its latest time; `stars` only for ratings. */
export type Interaction = { reader: string; book: string; kind: InteractionKind; stars: number; time: number };

/** A search of a reader: the query as typed, its normal form, and the first books found. */
export type ReaderSearch = { reader: string; normal: string; query: string; books: string[]; time: number };

/** A reader's preference for a book: its weight (0 when dismissed), the act that it comes from, and the time of that act. */
export type Taste = { book: string; weight: number; kind: InteractionKind; time: number };

const WEIGHT: Record<InteractionKind, number> = {
  viewed: 1,
  want: 2,
  reading: 3,
  read: 4,
  rated: 0,
  dismissed: 0,
  cleared: 0,
  unshelved: 0,
  unrated: 0,
};

/** Returns the weight of an act in whole points: viewed < want < reading < read. A rating weighs by its stars; one star weighs 0. */
function weightOf({ kind, stars }: Interaction): number {
  return kind === "rated" ? Math.max(0, stars - 1) + (stars > 2 ? 1 : 0) : WEIGHT[kind];
}

/** Returns a reader's books, newest first, ties by id, each with its heaviest act. A book that was dismissed last weighs 0. */
export function tastesOf(rows: Interaction[]): Taste[] {
  const acts = standing(rows);
  // Most books have one act.
  const tastes = new Set(acts.map(({ book }) => book)).size === acts.length
    ? acts.map(tasteOfAct)
    : [...Map.groupBy(acts, ({ book }) => book)].map(([book, its]) => tasteOf(book, its));
  return tastes.sort((a, b) => b.time - a.time || (a.book < b.book ? -1 : 1));
}

const ENDS_SHELF: InteractionKind[] = ["cleared", "unshelved"];
const ENDS_RATING: InteractionKind[] = ["cleared", "unrated"];
/** The acts that revoke an earlier act of a kind. A view is never revoked. */
const ENDED_BY: Partial<Record<InteractionKind, InteractionKind[]>> = {
  viewed: [],
  want: ENDS_SHELF,
  reading: ENDS_SHELF,
  read: ENDS_SHELF,
  dismissed: ENDS_SHELF,
  rated: ENDS_RATING,
};
/** The acts that end a "not for me" of the same time or earlier, even if they are revoked afterwards. */
const DELIBERATE: InteractionKind[] = ["want", "reading", "read", "rated"];

/** Returns the acts that were not revoked. */
function standing(rows: Interaction[]): Interaction[] {
  if (rows.every(({ kind }) => kind in ENDED_BY)) return rows;
  return [...Map.groupBy(rows, ({ book }) => book).values()].flatMap((own) => own.filter((row) => stands(row, own)));
}

/** Whether an act was not revoked. `own`: all rows of the same reader and book. */
function stands({ kind, time }: Interaction, own: Interaction[]): boolean {
  const ends = ENDED_BY[kind];
  return ends !== undefined && own.every((other) =>
    !(ends.includes(other.kind) && other.time > time) &&
    !(kind === "dismissed" && DELIBERATE.includes(other.kind) && other.time >= time)
  );
}

function tasteOfAct(act: Interaction): Taste {
  return { book: act.book, weight: weightOf(act), kind: act.kind, time: act.time };
}

function tasteOf(book: string, acts: Interaction[]): Taste {
  if (acts.length === 1) return tasteOfAct(acts[0]!);
  const time = Math.max(...acts.map((act) => act.time));
  const dismissed = acts.find((act) => act.kind === "dismissed");
  const deliberate = acts.filter((act) => DELIBERATE.includes(act.kind));
  // A "not for me" holds until the reader shelves or rates the book after it. A later view does not end it.
  const holds = dismissed !== undefined && deliberate.every((act) => act.time < dismissed.time);
  if (holds) return { book, weight: 0, kind: "dismissed", time };
  const rest = acts.filter((act) => act.kind !== "dismissed");
  const best = rest.reduce((a, b) => (weightOf(b) > weightOf(a) ? b : a));
  return { book, weight: weightOf(best), kind: best.kind, time };
}
